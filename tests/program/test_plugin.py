"""A variant of a third party: built against the installed package, listed, trained, drawn.

Installs the build that RANKWISE_PROGRAM belongs to and builds experiments/plugin_example, both in a
temporary folder.
"""

import hashlib
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from .errors import Errors
from .program import (
    PROGRAM,
    ROOT,
    VARIANTS,
    attributes,
    environment,
    plan,
    run,
    run_files,
    tiny_study,
)

BUILD = PROGRAM.parent.parent
EXAMPLE = ROOT / "experiments/plugin_example"
RANDOM = {"variant": "random_ranks", "options": {"rank": 8, "active": 2}}


def call(*command: str | Path, **variables: str) -> str:
    """Runs a tool; its output becomes the message where it fails."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment(**variables),
        timeout=600, check=False,
    )  # fmt: skip
    text = done.stdout.decode()
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}: ended with {done.returncode}\n{text}")
    return text


class Plugin(Errors):
    """The example, built once."""

    base: Path
    prefix: Path
    library: Path
    tests: Path

    @classmethod
    def setUpClass(cls) -> None:
        cls.base = Path(tempfile.mkdtemp(prefix="rankwise-plugin-"))
        cls.addClassCleanup(shutil.rmtree, cls.base, ignore_errors=True)
        cls.prefix, build = cls.base / "prefix", cls.base / "build"
        call("cmake", "--install", BUILD, "--prefix", cls.prefix)
        call(
            "cmake", "-S", EXAMPLE, "-B", build, "-G", "Ninja",
            f"-DCMAKE_PREFIX_PATH={cls.prefix}",
        )  # fmt: skip
        call("cmake", "--build", build)
        cls.library, cls.tests = build / "librandom_ranks.so", build / "random_ranks_test"

    def compiled(self, name: str, code: str) -> Path:
        """A shared library made of a line of C++."""
        source = self.folder / f"{name}.cpp"
        source.write_text(code)
        library = source.with_suffix(".so")
        call("c++", "-shared", "-fPIC", "-o", library, source)
        return library

    def test_is_listed_and_described(self) -> None:
        self.assertNotIn("random_ranks", run("list").out)
        done = run("list", "--plugin", self.library)
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertRegex(done.out, r"(?m)^  random_ranks +each token uses")
        done = run("describe", "random_ranks", "--plugin", self.library)
        self.assertRegex(done.out, r"(?m)^  active +4 ")

    def test_its_bytes_enter_the_ids_of_its_runs(self) -> None:
        study = tiny_study(RANDOM)
        arguments = ("--plugin", self.library)
        self.succeed(study, *arguments)
        (path,) = run_files(self.results)
        digest = hashlib.sha256(self.library.read_bytes()).hexdigest()
        self.assertEqual(attributes(path)["provenance"]["plugin"]["sha256"], digest)
        changed = self.folder / "changed.so"
        changed.write_bytes(self.library.read_bytes() + b"another build")
        states = [
            [run.state for run in plan(self.succeed(study, "--dry-run", "--plugin", library).out)]
            for library in (self.library, changed)
        ]
        self.assertEqual(states, [["finished"], ["to run"]])

    def test_holds_the_conformance_suite_with_options_of_its_own(self) -> None:
        if not self.tests.exists():
            self.skipTest(f"{BUILD} was made without tests: it installs no conformance suite")
        text = call(self.tests, OMP_NUM_THREADS="1")
        self.assertIn("[  PASSED  ] 2 tests.", text)

    def test_is_found_by_the_installed_program(self) -> None:
        done = subprocess.run(
            [self.prefix / "bin/rankwise", "list", "--plugin", self.library],
            capture_output=True, env=environment(), timeout=60, check=False,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertIn("random_ranks", done.stdout.decode())

    def test_trains_by_its_study_file_and_is_tabled_and_drawn(self) -> None:
        library = Path("libraries") / self.library.name  # beside the study file
        (self.folder / library).parent.mkdir()
        shutil.copy(self.library, self.folder / library)
        self.succeed(tiny_study(RANDOM, {"variant": "lora"}, plugins=[str(library)]))
        labels = {attributes(path)["variant"] for path in run_files(self.results)}
        self.assertEqual(labels, {"random_ranks", "lora"})
        # Tables and figures read run files alone: no plug-in is named.
        table = run("table", self.results)
        self.assertEqual((table.code, table.err), (0, ""))
        self.assertIn("| random_ranks ", table.out)
        figures = self.folder / "figures"
        done = run("figure", "usage", self.results, "--out", figures)
        self.assertEqual(done.code, 0, done.err)
        self.assertTrue((figures / "usage_random_ranks.svg").exists())

    def test_trains_by_the_command_line(self) -> None:
        done = self.succeed(tiny_study(RANDOM), "--plugin", self.library)
        self.assertIn("1 finished", done.out)

    def test_named_twice_is_loaded_once(self) -> None:
        study = tiny_study(RANDOM, plugins=[str(self.library)])
        self.succeed(study, "--plugin", self.library, "--dry-run")

    def test_without_it_its_variant_is_unknown(self) -> None:
        self.refuse_run(RANDOM, "unknown variant 'random_ranks'", ", ".join(VARIANTS))

    def test_has_its_options_checked(self) -> None:
        study = tiny_study(RANDOM | {"options": {"actve": 2}}, plugins=[str(self.library)])
        self.refuse(study, "runs[0].options", "'actve'", "active, alpha, rank")

    def test_passes_the_conformance_suite(self) -> None:
        suites = [path for path in BUILD.rglob("rankwise_tests") if path.is_file()]
        if not suites:
            self.skipTest(f"{BUILD} has no rankwise_tests: the conformance suite is not run")
        text = call(
            suites[0], "--gtest_filter=*random_ranks*", RANKWISE_TEST_PLUGINS=str(self.library)
        )
        passed = re.search(r"\[  PASSED  \] (\d+) test", text)
        self.assertGreater(int(passed.group(1)) if passed else 0, 0, text)

    def test_that_is_missing(self) -> None:
        for study, *arguments in (
            (tiny_study(RANDOM, plugins=["libnone.so"]),),
            (tiny_study(RANDOM), "--plugin", str(self.folder / "libnone.so")),
        ):
            self.refuse(
                study, str(self.folder / "libnone.so: there is no such file"), arguments=arguments
            )

    def test_that_is_no_library(self) -> None:
        path = self.folder / "libtext.so"
        words = f"plugin {path}: cannot be loaded, it is no shared library for this machine: "
        foreign = bytearray(self.library.read_bytes())
        foreign[18:20] = b"\xff\x00"  # e_machine of the ELF header
        for content in (b"not a library", b"", bytes(foreign)):
            path.write_bytes(content)
            self.refuse(tiny_study(RANDOM, plugins=["libtext.so"]), words, "; build it as")

    def test_that_is_cut_short(self) -> None:
        # The loader takes such a file, and the process ends by SIGBUS.
        whole = self.library.read_bytes()
        path = self.folder / "part.so"
        for size in (100, 3000, len(whole) // 2):
            path.write_bytes(whole[:size])
            self.refuse(tiny_study(RANDOM, plugins=["part.so"]), f"plugin {path}: is cut short")

    def test_that_needs_what_is_missing(self) -> None:
        path = self.compiled(
            "lacks", "namespace rankwise { int gone(int); } int x = rankwise::gone(1);\n"
        )
        self.refuse(
            tiny_study(RANDOM, plugins=["lacks.so"]),
            f"plugin {path}: cannot be loaded, this rankwise lacks what it calls: "
            "rankwise::gone(int); build it against this version\n",
        )
        needed = self.compiled("libneeded", "int nothing = 0;\n")
        source = self.folder / "needs.cpp"
        source.write_text("extern int nothing; int more = nothing;\n")
        call("c++", "-shared", "-fPIC", "-o", source.with_suffix(".so"), source, needed)
        needed.unlink()
        self.refuse(
            tiny_study(RANDOM, plugins=["needs.so"]),
            "needs.so: cannot be loaded, it needs a library that is not found: ",
            "libneeded.so; install it\n",
        )

    def test_that_registers_nothing(self) -> None:
        path = self.compiled("empty", "int nothing = 0;\n")
        self.refuse(
            tiny_study(RANDOM, plugins=["empty.so"]), str(path), "registers no variant; build it as"
        )

    def test_whose_variants_name_is_taken(self) -> None:
        copy = self.folder / "copy.so"
        shutil.copy(self.library, copy)
        study = tiny_study(RANDOM, plugins=[str(self.library), "copy.so"])
        self.refuse(study, str(copy), "variant 'random_ranks' is registered twice")


if __name__ == "__main__":
    unittest.main()
