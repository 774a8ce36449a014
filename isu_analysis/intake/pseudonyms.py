"""Keyed pseudonyms: HMAC-SHA256 with a key that stays with the municipality.

The same case gets the same pseudonym in every year of one municipality and another one in every other municipality.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from isu_analysis import files
from isu_analysis.errors import DataError

KEY_BYTES = 32
KEPT_BYTES = 15  # 120 bits: no two of a million cases meet by chance


@dataclass(frozen=True, repr=False)
class Key:
    """A secret key; neither its repr nor any message shows it."""

    secret: bytes

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal figures that tell keys apart without telling the key."""
        return hmac.digest(self.secret, b"isu fingerprint", "sha256").hex()[:8]

    def pseudonym(self, municipality: str, kind: str, identity: str) -> str:
        """Pseudonym of a case or client: 24 characters, letters and figures."""
        normal = unicodedata.normalize("NFKC", identity).strip().casefold()
        message = "\x00".join((municipality, kind, normal)).encode()
        return base64.b32encode(hmac.digest(self.secret, message, "sha256")[:KEPT_BYTES]).decode().lower()

    def __repr__(self) -> str:
        return f"Key(fingerprint={self.fingerprint!r})"


def key_path(project: Path) -> Path:
    """Where the key lies: ``ISU_KEY_FILE`` if set, else ``.isu/pseudonymnyckel`` in the project."""
    named = os.environ.get("ISU_KEY_FILE")
    return Path(named) if named else project / ".isu" / "pseudonymnyckel"


def new_key() -> Key:
    """Make a key by chance."""
    return Key(secrets.token_bytes(KEY_BYTES))


def load_key(project: Path, *, create: bool = False) -> Key:
    """Read the key, or make it the first time.

    Raises
    ------
    DataError
        The key is missing and must not be made, or the file does not hold a key.
    """
    path = key_path(project)
    if not path.exists():
        if not create:
            raise DataError(f"Pseudonymnyckeln saknas ({path.name}). Den skapas vid den första inläsningen.")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # closed before there is anything in it
        files.write(path, new_key().secret.hex().encode())
        if os.name == "posix":  # on Windows the folder's own access list decides; mode bits mean nothing there
            path.chmod(0o600)
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        secret = b""
    if len(secret) != KEY_BYTES:
        raise DataError(f"Filen {path.name} innehåller ingen giltig pseudonymnyckel (64 tecken 0–9, a–f).")
    return Key(secret)
