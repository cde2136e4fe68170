"""Renderings of a result: each takes the JSON object and returns text; nothing is computed or looked up."""
