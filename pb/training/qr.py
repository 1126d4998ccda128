"""Pictures of addresses on a certificate, for telephones to read."""

from __future__ import annotations

import io

import segno


def qr_svg(address: str) -> str:
    """An address as a QR code: SVG to stand in a page."""
    out = io.BytesIO()
    segno.make(address, error="m").save(
        out, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=2, svgclass="pb-qr", lineclass=None
    )
    return out.getvalue().decode()
