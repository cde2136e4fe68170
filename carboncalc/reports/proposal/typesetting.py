"""Typst: which fonts it is given, and what is said when they lack a character.

Typst itself would take any font that has a character, so that the same document looks different on every machine, or shows a Chinese form
of a Japanese character, or an empty box with no more than a silence. Here the families are chosen in a fixed order, the PDF standard
forbids the box, and what is missing is an error that says what to do.
"""

import json
import os
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

#: comes with typst, and has the letters of Vietnamese
LATIN = "Libertinus Serif"
#: for Japanese; the first that is there. Which form a character has depends on the font, so no Chinese one is among them
WIDE = (
    "IPAexGothic", "IPAexMincho", "Noto Sans CJK JP", "Noto Serif CJK JP", "BIZ UDGothic", "BIZ UDMincho", "Yu Gothic", "Yu Mincho", "Hiragino Sans",
    "Hiragino Kaku Gothic ProN", "Hiragino Mincho ProN", "Meiryo", "MS Gothic", "MS Mincho", "IPAGothic", "IPAMincho",
)  # fmt: skip
#: come with typst too: signs that the others lack
SIGNS = ("New Computer Modern Math", "DejaVu Sans Mono")
#: dots per inch of a chart as a raster
PPI = 200
_MISSING = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_CODE = re.compile(r"\\u\{([0-9a-f]+)\}")
_TEMPLATES = os.path.join(os.path.dirname(os.path.dirname(__file__)), "templates")


def families(language: str, directories: Sequence[str] = (), system: bool = True) -> tuple[Any, list[str]]:
    """Choose the fonts.

    Parameters
    ----------
    language : str
        A Japanese document is set in a Japanese font throughout, with the Latin letters of that font.
    directories : sequence of str
        Folders of fonts; all families in them may be used, and before those of the system.
    system : bool
        Look for a Japanese font among those of the system.

    Returns
    -------
    tuple
        The fonts as typst takes them, and the names of the families in the order in which they are tried.

    Raises
    ------
    ValueError
        When there is no such folder; the text is for the user.
    """
    import typst

    for directory in directories:
        if not os.path.isdir(directory):
            raise ValueError(f"there is no folder of fonts '{directory}'")
    own = {font.family: font.path for font in _fonts(tuple(directories), False)}
    there = own | ({font.family: font.path for font in _fonts((), True)} if system else {})
    wide = next((name for name in WIDE if name in there), None)
    home = [os.path.dirname(there[wide])] if wide and wide not in own else []
    first, second = (wide, LATIN) if language == "ja" else (LATIN, wide)
    chosen = dict.fromkeys(name for name in (first, second, *sorted(own), *SIGNS) if name)
    return typst.Fonts(False, True, [*directories, *home]), list(chosen)


@cache
def _fonts(directories: tuple[str, ...], system: bool) -> list[Any]:
    """Return the fonts that are in files."""
    import typst

    return [font for font in typst.Fonts(system, False, list(directories)).fonts() if font.path]


def pdf(data: Any, directories: Sequence[str] = (), system: bool = True) -> bytes:
    """Typeset a document.

    Parameters
    ----------
    data : mapping
        What the template prints; it goes in as data and is never part of a program.
    directories, system
        See `families`.

    Raises
    ------
    ValueError
        When no font has a character, or a font cannot be used; the text is for the user.
    """
    import typst

    fonts, names = families(data["language"], directories, system)
    inputs = {"document": json.dumps({**data, "fonts": names}, ensure_ascii=False)}
    with open(os.path.join(_TEMPLATES, "proposal.typ"), "rb") as file:
        template = file.read()
    try:
        made, warnings = typst.compile_with_warnings(
            template, root=_TEMPLATES, font_paths=fonts, sys_inputs=inputs, format="pdf", pdf_standards=["ua-1"]
        )
    except typst.TypstError as error:
        missing = "".join(dict.fromkeys(_character(m) for m in _MISSING.findall(error.diagnostic)))
        if not missing:
            raise
        raise ValueError(_advice(missing)) from None
    if warnings:
        raise ValueError(f"the fonts cannot be used: {warnings[0].message}")
    return made


def png(svg: str, language: str) -> bytes:
    """Draw a chart as a raster, as wide as the text of a page; it stands in for the vector, so what no font has is only left out."""
    import typst

    fonts, names = families(language)
    source = b"#set page(width: 166mm, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), width: 100%)"
    return typst.compile(source, root=_TEMPLATES, font_paths=fonts, sys_inputs={"svg": lettered(svg, names)}, format="png", ppi=PPI)


def lettered(svg: str, names: Sequence[str]) -> str:
    """Return a chart set in the first font of the document."""
    return re.sub(r"""font-family=("[^"]*"|'[^']*')""", f'font-family="{names[0]}"', svg)


def _character(shown: str) -> str:
    return _CODE.sub(lambda m: chr(int(m[1], 16)), shown).replace('\\"', '"').replace("\\\\", "\\")


def _advice(missing: str) -> str:
    shown = " ".join(missing[:12]) + (" …" if len(missing) > 12 else "")
    codes = ", ".join(f"U+{ord(c):04X}" for c in missing[:12])
    return (
        f"no font has the characters {shown} ({codes}); install a Japanese font (fonts-ipaexfont-gothic), or give a folder of fonts: --font-path DIR"
    )
