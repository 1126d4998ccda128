"""What a browser would send from a page's form as it stands: inputs, ticked boxes, chosen options, text areas."""

from __future__ import annotations

from html.parser import HTMLParser


class Filled(HTMLParser):
    """The values of the last form of a page that has an address of its own, by name."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.values: dict[str, list[str]] = {}
        self._select: str = ""
        self._first: str | None = None
        self._area: str = ""
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attrs = dict(pairs)
        name = attrs.get("name") or ""
        if tag == "form":
            self._inside = "pb-form" in (attrs.get("class") or "")
        if not self._inside:
            return
        if tag == "input" and name and "disabled" not in attrs:
            kind = attrs.get("type")
            if kind in ("checkbox", "radio") and "checked" not in attrs:
                return
            self._add(name, attrs.get("value") or ("y" if kind == "checkbox" else ""))
        elif tag == "textarea":
            self._area = name
            self._add(name, "")
        elif tag == "select":
            self._select, self._first = name, None
        elif tag == "option" and self._select:
            value = attrs.get("value") or ""
            if self._first is None:
                self._first = value
            if "selected" in attrs:
                self._add(self._select, value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select:
            if self._select not in self.values and self._first is not None:
                self._add(self._select, self._first)
            self._select = ""
        elif tag == "textarea":
            self._area = ""
        elif tag == "form":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area][-1] += data.removeprefix("\r\n")

    def _add(self, name: str, value: str) -> None:
        self.values.setdefault(name, []).append(value)


def filled(html: str) -> dict[str, list[str]]:
    """The values of the page's form, without the token (the client adds one)."""
    values = Filled(html).values
    values.pop("csrf_token", None)
    return values
