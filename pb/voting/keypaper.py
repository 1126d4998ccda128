"""The paper copy of a custodian's key: one page that prints by itself, in both languages. Knows no Flask."""

from __future__ import annotations

from html import escape

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from pb.voting.keyfiles import fingerprint, paper_rows, public_of
from pb.voting.qr import qr_svg

_PAGE = """<!doctype html>
<html lang="ka"><head><meta charset="utf-8"><title>გასაღების ქაღალდის ასლი</title>
<style>
@page {{ size: A4; margin: 20mm }}
body {{ font: 13pt/1.5 "Noto Sans Georgian", Sylfaen, "DejaVu Sans", sans-serif; max-width: 170mm; margin: auto }}
h1 {{ font-size: 20pt; margin: 0 }}
ol {{ font: bold 19pt/1.9 "DejaVu Sans Mono", monospace; padding-left: 12mm }}
svg {{ width: 55mm; height: 55mm }}
.code {{ font-family: "DejaVu Sans Mono", monospace }}
</style></head><body>
<h1>გასაღების ქაღალდის ასლი</h1>
<p lang="en">Paper copy of a custodian's key</p>
<p>{name}</p>
<ol>{rows}</ol>
{qr}
<p>გასაღების საკონტროლო ჯამი <span lang="en">/ Fingerprint of the public key</span>:<br>
<span class="code">{fingerprint}</span></p>
<p>ეს ფურცელი თვითონ არის გასაღები: ვინც მას ხედავს, მას აქვს გასაღები. ჩადეთ კონვერტში, დალუქეთ, მოაწერეთ ხელი
და შეინახეთ სეიფში. არ გადაუღოთ სურათი. როცა დაბეჭდავთ, ეს ფაილი წაშალეთ.
აღსადგენად: <span class="code">python -m pb box restore-key</span>.</p>
<p lang="en">This sheet is the key itself: whoever sees it has the key. Put it into an envelope, seal and sign it, and
keep it in a safe. Take no picture of it. Delete this file once it is printed.
To restore: <span class="code">python -m pb box restore-key</span>.</p>
</body></html>
"""


def paper_page(key: X25519PrivateKey, name: str) -> str:
    """The page as HTML. The square holds the four rows, divided by blanks."""
    rows = paper_rows(key)
    return _PAGE.format(
        name=escape(name),
        rows="".join(f"<li>{row}</li>" for row in rows),
        qr=qr_svg(" ".join(rows)),
        fingerprint=fingerprint(public_of(key)),
    )
