"""Expected credits by year, and who receives them: Japan, the host country, others; how much of Japan's part may leave."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from .. import factors, units
from ..findings import Finding, error
from ..project import Project
from ..result import Cells
from .part import Solved, cells, cited, row, solve, symbols

#: JSON name -> symbol
COLUMNS = {
    "reduction": "credited_reduction", "issued": "issued", "japan": "to_japan", "host": "to_host", "others": "to_others",
    "transfer_limit": "transfer_limit", "transferable": "transferable",
}  # fmt: skip
SHARES = ("share_japan", "share_host", "transfer_cap")


class Credits(NamedTuple):
    """The credits block of the result, with the steps and quantities behind it."""

    block: dict[str, Any]
    cells: list[Cells]
    quantities: list[dict[str, Any]]
    symbols: dict[str, Any]
    findings: list[Finding]


def allocate(
    project: Project, years: Sequence[Mapping[str, Any]], estimated: Iterable[Cells], programmes: Sequence[Mapping[str, Any]]
) -> Credits | None:
    """Read the credits block and compute; None when the project has none.

    Parameters
    ----------
    project : Project
        Checked file.
    years : sequence of mapping
        ``year`` and ``reduction`` [tCO2e] of all measures.
    estimated : iterable of Cells
        What the equations of the estimates gave; those with the role ``total-reduction`` are what the credits rest on.
    programmes : sequence of mapping
        Programmes as the result shows them; the threshold of a criterion ``transfer-cap`` is the cap, unless the file states one.

    Raises
    ------
    Invalid
        CC2xx for quantities, CC441 for shares above their whole, CC442 for a statement that contradicts another.
    """
    raw = project.data.get("credits")
    if raw is None:
        return None
    reader = _Reader(project, raw)
    shares = reader.read(programmes)
    values = {**shares, "whole_tonnes": raw.get("round_down", False), "credited_reduction": [r["reduction"] for r in years], "period": 1.0}
    solved = solve("credits", values, len(years))
    _notes(reader, years, solved)
    totals = list(dict.fromkeys(c.name for c in estimated if c.shared["role"] == "total-reduction"))
    return Credits(
        _block(solved, raw, shares, years),
        [_sum(totals, years, "measures" in project.data), *cells(solved, "credits", [r["year"] for r in years])],
        reader.quantities,
        symbols(solved),
        reader.findings,
    )


class _Reader:
    def __init__(self, project: Project, raw: Mapping[str, Any]) -> None:
        self.project, self.raw = project, raw
        self.quantities: list[dict[str, Any]] = []
        self.findings: list[Finding] = []

    def read(self, programmes: Sequence[Mapping[str, Any]]) -> dict[str, float]:
        stated = {name: self._share(self.raw[name], ("credits", name)) for name in SHARES if name in self.raw}
        self._whole(stated)
        found = {**self._japan(stated), **self._host(stated), **self._cap(stated, programmes)}
        self._whole(found)
        return found

    def _share(self, raw: Any, path: tuple[str | int, ...]) -> float:
        name = path[-1]
        if isinstance(raw, dict) and "value" in raw:
            raw, path = raw["value"], (*path, "value")
        try:
            value = units.read_quantity(raw, "1").value
        except units.UnitError as bad:
            raise error(bad.code, f"`{name}`: {bad.message}", bad.help, self.project.place(*path)) from None
        if not 0 <= value <= 1:
            raise error("CC214", f"a share of '{raw}'", "a share is between 0 % and 100 %", self.project.place(*path))
        return value

    def _whole(self, found: Mapping[str, float]) -> None:
        both = found.get("share_japan", 0.0) + found.get("share_host", 0.0)
        if both > 1 + 1e-12:
            name = "share_host" if "share_host" in self.raw else "share_japan"
            at = ("credits", name) if name in self.raw else ("credits",)
            raise error(
                "CC441",
                f"Japan and the host country together receive {both * 100:g} % of the credits",
                "the two shares make at most 100 %; what they leave goes to the others",
                self.project.place(*at),
            )

    def _keep(self, name: str, value: float, **more: Any) -> dict[str, float]:
        if name in self.raw:
            long = self.raw[name] if isinstance(self.raw[name], dict) else {}
            more = {"given": str(long.get("value", self.raw[name])), **{k: str(long[k]) for k in ("source", "note") if k in long}}
        self.quantities.append(row(name, value, "1", f"credits.{name}" if name in self.raw else None, **more))
        return {name: value}

    def _japan(self, stated: Mapping[str, float]) -> dict[str, float]:
        """Return Japan's share: stated, or what a programme's facts say of the Government of Japan."""
        for i, entry in enumerate(self.project.data.get("programmes") or []):
            fact = (entry.get("facts") or {}).get("credit_share_japan")
            if fact is None:
                continue
            path = ("programmes", i, "facts", "credit_share_japan")
            value = self._share(fact, path)
            if "share_japan" not in stated:
                return self._keep(
                    "share_japan", value, status="default", match="default", source=f"fact credit_share_japan of {entry['id']}", given=str(fact)
                )
            if value > stated["share_japan"] + 1e-12:
                raise error(
                    "CC442",
                    f"the Government of Japan alone receives {value * 100:g} % of the credits, and all of Japan {stated['share_japan'] * 100:g} %",
                    f"mend `share_japan` of the credits, or the fact `credit_share_japan` of {entry['id']}",
                    self.project.place(*path),
                )
        if "share_japan" in stated:
            return self._keep("share_japan", stated["share_japan"])
        floor = factors.choose("finance.credit-share.japan-floor")
        self._missing(
            "the share of the credits that goes to Japan is not known",
            f"state `share_japan`; model projects give at least {units.convert(floor.value, floor.unit, '1') * 100:g} % ({factors.source(floor.source)['title']})",
        )
        return {}

    def _host(self, stated: Mapping[str, float]) -> dict[str, float]:
        """Return the host country's share: stated, or what it has announced that it keeps."""
        if "share_host" in stated:
            return self._keep("share_host", stated["share_host"])
        try:
            choice = factors.choose(f"finance.credit-share.host.{self.project.country}", year=self.project.first_year)
        except factors.NoFactor:
            self._missing("the share of the credits that stays with the host country is not known", "state `share_host`, 0 % included")
            return {}
        return self._keep("share_host", units.convert(choice.value, choice.unit, "1"), **cited(choice))

    def _cap(self, stated: Mapping[str, float], programmes: Sequence[Mapping[str, Any]]) -> dict[str, float]:
        """Return the share that may leave the host country: stated, or the threshold of a programme's ``transfer-cap``."""
        for programme in programmes:
            for c in programme["criteria"]:
                if c["id"] != "transfer-cap" or c["threshold"] is None:
                    continue
                if "transfer_cap" not in stated:
                    return self._keep(
                        "transfer_cap", c["threshold"], status="default", match="default", source=f"{programme['id']} {programme['version']}",
                        page=c["cite"], confidence=c["confidence"],
                    )  # fmt: skip
                if abs(stated["transfer_cap"] - c["threshold"]) > 1e-12:
                    raise error(
                        "CC442",
                        f"`transfer_cap` is {stated['transfer_cap'] * 100:g} %, and the cap of {programme['id']} is {c['threshold'] * 100:g} %",
                        "leave `transfer_cap` out, or mend what the programme is told",
                        self.project.place("credits", "transfer_cap"),
                    )
        return self._keep("transfer_cap", stated["transfer_cap"]) if "transfer_cap" in stated else {}

    def _missing(self, message: str, help: str) -> None:
        self.findings.append(Finding("CC443", "info", message, help, self.project.place("credits", key=True)))


def _sum(totals: list[str], years: Sequence[Mapping[str, Any]], many: bool) -> Cells:
    """Return the reduction of all measures, so that a credit can be followed down to the sources."""
    shared = {
        "label": "Reduction of all measures", "role": "credits", "unit": "tCO2e/year", "formula": " + ".join(f"sum({t}, measure)" if many else t for t in totals),
        "uses": totals, "cite": "sum over the measures", "confidence": "read",
    }  # fmt: skip
    return Cells("credited_reduction", shared, [{"year": r["year"]} for r in years], [r["reduction"] for r in years])


def _block(solved: Solved, raw: Mapping[str, Any], shares: Mapping[str, float], years: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    out, n = solved.out, len(years)
    nothing = [None] * n
    rows = [{"year": r["year"], **{key: out.get(symbol, nothing)[i] for key, symbol in COLUMNS.items()}} for i, r in enumerate(years)]
    both = "share_japan" in shares and "share_host" in shares
    return {
        "round_down": raw.get("round_down", False),
        **{name: shares.get(name) for name in SHARES},
        "share_others": max(0.0, 1.0 - shares["share_japan"] - shares["share_host"]) if both else None,
        "missing": [name for name in SHARES if name not in shares],
        "years": rows,
        "totals": {key: out.get(f"{symbol}_total") for key, symbol in COLUMNS.items() if key != "reduction"},
    }


def _notes(reader: _Reader, years: Sequence[Mapping[str, Any]], solved: Solved) -> None:
    place = reader.project.place("credits", key=True)
    for r in years:
        if r["reduction"] < 0:
            reader.findings.append(
                Finding(
                    "CC439",
                    "warning",
                    f"no credits are expected for {r['year']}: the project emits {-r['reduction']:.6g} tCO2e more",
                    "the excess is not set off against other years here; how a scheme treats it is told by no rule seen",
                    place,
                )
            )
    out = solved.out
    if "transferable" in out and out["transferable_total"] < out["to_japan_total"]:
        held = out["to_japan_total"] - out["transferable_total"]
        reader.findings.append(
            Finding(
                "CC440",
                "warning",
                f"Japan's share of {out['share_japan'] * 100:g} % is above the {out['transfer_cap'] * 100:g} % that may leave the host country: {held:.6g} tCO2e would have to stay",
                "agree on a smaller share for Japan, or on another use of the rest",
                reader.project.place("credits", "share_japan") if "share_japan" in reader.raw else place,
            )
        )
