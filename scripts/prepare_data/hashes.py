"""Remembers the SHA-256 of big files, which the program and this code share.

Reads and writes DIR/hashes.json: an object from a file's absolute path, symbolic links followed, to
{"size", "mtime_ns", "sha256"}. An entry counts while size and time of change are the file's.
"""

from pathlib import Path

from .files import read_json, sha256_of, write_json

_BIG = 1 << 24


def remembered_sha256(data: Path, path: Path) -> str:
    """The SHA-256 of a file, computed once for a big one that does not change."""
    status = path.stat()
    if status.st_size < _BIG:
        return sha256_of(path)
    key = str(path.resolve())
    entry = {"size": status.st_size, "mtime_ns": status.st_mtime_ns}
    known = _entries(data).get(key)
    if isinstance(known, dict) and entry.items() <= known.items() and "sha256" in known:
        return known["sha256"]
    digest = sha256_of(path)
    entries = _entries(data) | {key: entry | {"sha256": digest}}  # others may have written since
    write_json(data / "hashes.json", dict(sorted(entries.items())))
    return digest


def _entries(data: Path) -> dict[str, object]:
    found = read_json(data / "hashes.json")
    return found if isinstance(found, dict) else {}
