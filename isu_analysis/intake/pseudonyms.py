"""Keyed pseudonyms: HMAC-SHA256 with a key that stays with the municipality.

The same case gets the same pseudonym in every year of one municipality and another one in every other municipality.
"""

from __future__ import annotations

import hmac
import os
import secrets
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from isu_analysis import files
from isu_analysis.errors import DataError

KEY_BYTES = 32
KEPT_BYTES = 15  # 120 bits: no two of a million cases meet by chance


_ALPHABET = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype=np.uint8)  # base 32
_PLACES = np.array([16, 8, 4, 2, 1], dtype=np.uint8)


def _normal(identity: str) -> bytes:
    plain = identity if identity.isascii() else unicodedata.normalize("NFKC", identity)
    return plain.strip().casefold().encode()


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
        return self.pseudonyms(municipality, kind, [identity])[0]

    def pseudonyms(self, municipality: str, kind: str, identities: Sequence[str]) -> list[str]:
        """Pseudonyms of many: the beginning of each HMAC-SHA256 in base 32, as RFC 4648 has it, in lower case."""
        before = f"{municipality}\x00{kind}\x00".encode()
        digests = [hmac.digest(self.secret, before + _normal(one), "sha256")[:KEPT_BYTES] for one in identities]
        bits = np.unpackbits(np.frombuffer(b"".join(digests), dtype=np.uint8)).reshape(-1, 5)
        letters = _ALPHABET[bits @ _PLACES].tobytes().decode()
        width = KEPT_BYTES * 8 // 5
        return [letters[start : start + width] for start in range(0, len(letters), width)]

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
        The key is missing and must not be made, the file does not hold a key, or others than its owner can read it.
    """
    path = key_path(project)
    if not path.exists():
        if not create:
            raise DataError(f"Pseudonymnyckeln saknas ({path.name}). Den skapas vid den första inläsningen.")
        write_key(path, new_key())
    return read_key(path)


def read_key(path: Path) -> Key:
    """Read a file that holds a key.

    Raises
    ------
    DataError
        It holds none, or group or others may read it (POSIX; on Windows mode bits always look open and say nothing).
    """
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        secret = b""
    if len(secret) != KEY_BYTES:
        raise DataError(f"Filen {path.name} innehåller ingen giltig pseudonymnyckel (64 tecken 0–9, a–f).")
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise DataError(
            f"Pseudonymnyckeln ({path.name}) kan läsas av andra än ägaren. Ge bara ägaren rättigheter till filen "
            f"(chmod 600 {path.name}) och kör igen. Om någon obehörig kan ha läst den: byt nyckel."
        )
    return Key(secret)


def write_key(path: Path, key: Key) -> None:
    """Write a key so that at no moment anybody but its owner can read it; whatever stood there is replaced."""
    with owner_only():
        if not path.parent.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.write(path, key.secret.hex().encode())


@contextmanager
def owner_only() -> Iterator[None]:
    """Make new files readable by their owner only; on Windows the folder's own access list decides, and nothing is set."""
    if os.name != "posix":
        yield
        return
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
