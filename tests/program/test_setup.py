"""scripts/setup with stand-ins for apt-get, sudo and pip: what it installs, and what it says.

Installs nothing and reads no network. CMake is the real one: it says which LibTorch is used.
"""

import re
import shutil
import unittest
from pathlib import Path

from .program import ROOT, Done
from .stand_ins import Tree

CUDA = """Requires-Dist: sympy>=1.13.3
Requires-Dist: cuda-toolkit[cublas,cudart]==13.0.3; platform_system == "Linux"
Requires-Dist: cuda-bindings<14,>=13.0.3; platform_system == "Linux"
Requires-Dist: nvidia-cudnn-cu13==9.24.0.43; platform_system == "Linux"
Requires-Dist: triton~=3.8.0; platform_system == "Linux"
"""


def libtorch_commands(root: str, version: str) -> str:
    """Shell commands that make what cmake/LibTorchRoot.cmake looks for."""
    lines = [f"mkdir -p {root}/include/ATen/core {root}/include/torch/headeronly {root}/lib"]
    lines += [f"touch {root}/include/ATen/core/Tensor.h {root}/lib/libtorch.so"]
    header = f"{root}/include/torch/headeronly/version.h"
    numbers = zip(("MAJOR", "MINOR", "PATCH"), version.split("."), strict=True)
    lines += [f": >{header}"]
    lines += [
        f"echo '#define TORCH_VERSION_{name} {number}' >>{header}" for name, number in numbers
    ]
    return "\n".join(lines)


def wheel_commands(packages: Path, version: str, cuda: str, requires: str) -> str:
    """Shell commands that make what pip leaves of a wheel."""
    kind = f"'{cuda}'" if cuda else "None"
    text = f"__version__ = '{version}+stand_in'\ncuda: Optional[str] = {kind}\n"
    return f"""{libtorch_commands(f"{packages}/torch", version)}
cat >{packages}/torch/version.py <<'END'
{text}END
mkdir -p {packages}/torch-{version}.dist-info
cat >{packages}/torch-{version}.dist-info/METADATA <<'END'
{requires}END"""


class Setup(Tree):
    """A machine where all is there but what a test takes away."""

    TOOLS = (
        "apt-cache", "c++", "cc", "ccache", "clang-format", "cmake", "git", "gnuplot", "h5dump", "mpicc", "mpirun",
        "ninja", "patchelf",
    )  # fmt: skip

    def setUp(self) -> None:
        super().setUp()
        shutil.copytree(ROOT / "cmake", self.tree / "cmake")
        for tool in (*self.TOOLS, "apt-get"):
            self.stand_in(f"bin/{tool}")
        self.stand_in("bin/cmake", f'exec {shutil.which("cmake")} "$@"')
        self.stand_in("bin/sudo", '[ "$1" != -n ] || shift; exec "$@"')
        self.stand_in("bin/dpkg-query", "exit 1")
        # For machines that have not all headers, fonts and a Python that is new enough.
        self.stand_in("bin/python3")
        self.write(".fonts/DejaVuSans.ttf")
        text = (self.tree / "scripts/lib/packages.sh").read_text()
        for header in re.findall(r"header ([\w/.-]+)", text):
            self.write(f"prefix/include/{header}")
        self.packages = self.tree / ".venv/lib/python3.11/site-packages"
        self.wheel("2.13.0")

    def without(self, *tools: str) -> None:
        for tool in tools:
            (self.bin / tool).unlink()

    def wheel(self, version: str, cuda: str = "", requires: str = "") -> None:
        """The wheel that pip will install."""
        commands = wheel_commands(self.packages, version, cuda, requires)
        self.stand_in(".venv/bin/python", f'case "$*" in *torch==*)\n{commands}\nesac')

    def pip(self) -> list[str]:
        """What pip was called to install."""
        begin = "-m pip --disable-pip-version-check install "
        return [line.removeprefix(begin) for line in self.calls("python") if "install" in line]

    def setup(self, *arguments: str, root: bool = True, **variables: str) -> Done:
        own = {"CMAKE_PREFIX_PATH": f"{self.tree}/prefix"} | variables
        return self.script("setup", *arguments, root=root, **own)

    def succeed(self, *arguments: str, root: bool = True, **variables: str) -> str:
        done = self.setup(*arguments, root=root, **variables)
        self.assertEqual((done.code, done.err), (0, ""))
        return done.out

    def refuse(self, *arguments: str, root: bool = True, code: int = 1, **variables: str) -> str:
        """One line, and how it ends."""
        done = self.setup(*arguments, root=root, **variables)
        self.assertEqual(done.code, code, done.err)
        self.assertRegex(done.err, r"\Asetup: .*\n\Z")
        return done.err


class Packages(Setup):
    """What apt would install, which may come from elsewhere."""

    def test_that_are_found_are_not_installed(self) -> None:
        self.succeed()
        self.assertEqual(self.calls("apt-get"), [])

    def test_that_debian_has_installed_need_no_other_sign(self) -> None:
        self.without("gnuplot")
        self.stand_in("bin/dpkg-query", "echo install ok installed")
        self.succeed()
        self.assertEqual(self.calls("apt-get"), [])

    def test_that_are_missing_are_installed_alone(self) -> None:
        self.without("gnuplot", "ccache")
        out = self.succeed()
        update, install = self.calls("apt-get")
        self.assertEqual(update, "update -qq")
        self.assertEqual(install, "install -y -qq --no-install-recommends ccache gnuplot-nox")
        self.assertRegex(out, r"(?m)^setup +Debian packages +\d+:\d\d$")

    def test_of_developers_are_looked_for_only_when_asked(self) -> None:
        self.without("clang-format", "h5dump")
        self.succeed()
        self.assertEqual(self.calls("apt-get"), [])
        self.succeed("--developer")
        # The header of the last one may be on this machine.
        found = self.calls("apt-get")[1]
        self.assertRegex(found, r" clang-format hdf5-tools( libbenchmark-dev)?\Z")
        self.assertIn("clang-tidy==23.1.4", self.pip())

    def test_of_a_cluster_are_looked_for_only_when_asked(self) -> None:
        self.succeed("--cluster")
        self.assertEqual(
            self.calls("apt-get")[1].partition("recommends ")[2],
            "munge parallel slurm-client slurmctld slurmd",
        )

    def test_that_can_not_be_installed_are_named(self) -> None:
        self.without("gnuplot")
        self.stand_in("bin/apt-get", '[ "$1" = update ] || { echo E: no space left; exit 100; }')
        done = self.setup()
        self.assertEqual(done.code, 1)
        said, log, last = done.err.splitlines()
        self.assertEqual(said, "E: no space left")
        self.assertEqual(
            log,
            "setup: Debian packages failed with exit code 100; all that it printed is in "
            "build/logs/setup-Debian-packages.log",
        )
        self.assertEqual(last, "setup: apt-get could not install: gnuplot-nox")

    def test_are_installed_from_old_lists_where_new_ones_can_not_be_had(self) -> None:
        self.without("gnuplot")
        self.stand_in("bin/apt-get", '[ "$1" != update ]')
        done = self.setup()
        self.assertEqual(done.code, 0)
        self.assertIn("goes on with old lists", done.out)
        self.assertEqual(len(self.calls("apt-get")), 2)

    def test_that_no_source_has(self) -> None:
        self.without("gnuplot")
        self.stand_in("bin/apt-cache", "exit 100")
        self.assertIn("Debian package gnuplot-nox cannot be had", self.refuse())

    def test_without_root_are_named_for_an_administrator(self) -> None:
        self.without("gnuplot", "ninja", "ccache")
        for name, command in (("no sudo", ""), ("sudo refuses", "echo not you >&2; exit 1")):
            with self.subTest(name):
                self.stand_in("bin/sudo", command)
                if not command:
                    self.without("sudo")
                line = self.refuse(root=False)
                self.assertIn(
                    "ask an administrator for: apt install ninja-build gnuplot-nox;", line
                )
                self.assertEqual(self.calls("apt-get"), [])

    def test_on_another_system_are_named_as_well(self) -> None:
        self.without("gnuplot", "apt-get", "apt-cache", "dpkg-query")
        self.assertIn("apt install gnuplot-nox; or have their like", self.refuse())

    def test_on_another_system_may_all_be_there(self) -> None:
        self.without("apt-get", "apt-cache", "dpkg-query")
        self.succeed()

    def test_with_a_cmake_that_is_too_old(self) -> None:
        self.stand_in("bin/cmake", "echo cmake version 3.22.1; echo more")
        self.assertIn("cmake 3.22.1 is too old; rankwise needs 3.25 or later", self.refuse())

    def test_that_are_not_needed_stop_nobody(self) -> None:
        self.without("ccache", "apt-get")
        self.assertRegex(self.succeed(), r"(?m)^setup +goes on without +ccache$")

    def test_have_each_a_sign_of_their_own(self) -> None:
        text = (ROOT / "scripts/lib/packages.sh").read_text()
        signs = text[text.index("present() {") :]
        for names in re.findall(r"(?s)packages=\((.*?)\)", text):
            for name in names.split():
                self.assertRegex(signs, rf"(?m)^    (\S+ \| )*{re.escape(name)}( \| \S+)*\) ")


class Prefixes(Tree):
    """Where headers are looked for beside the system's own folders."""

    def found(self, **variables: str) -> bool:
        text = "set -euo pipefail\nsource scripts/lib/packages.sh\nheader some/thing.h\n"
        look = self.write("scripts/look", f"#!/usr/bin/env bash\n{text}")
        look.chmod(0o755)
        return self.script("look", **variables).code == 0

    def test_are_those_of_cmake_conda_and_modules(self) -> None:
        self.write("there/include/some/thing.h")
        there = str(self.tree / "there")
        self.assertFalse(self.found())
        self.assertTrue(self.found(CMAKE_PREFIX_PATH=f"/nonexistent:{there}"))
        self.assertTrue(self.found(CONDA_PREFIX=there))
        self.assertTrue(self.found(CPATH=f":{there}/include:/nonexistent"))


class LibTorch(Setup):
    """Which LibTorch is used, and which wheel is installed where there is none."""

    def test_is_the_pinned_wheel(self) -> None:
        out = self.succeed()
        self.assertIn("--no-deps torch==2.13.0", self.pip())
        self.assertRegex(out, r"(?m)^setup +LibTorch 2\.13\.0 +for CPU, the wheel in \.venv$")

    def test_is_installed_once(self) -> None:
        self.succeed()
        self.pip()
        self.succeed()
        self.assertEqual(self.pip(), [])

    def test_for_cuda_comes_with_what_it_links_to_and_no_more(self) -> None:
        self.wheel("2.14.1", "13.0", CUDA)
        out = self.succeed("--torch", "2.14.1")
        wheel, libraries, _ = self.pip()
        self.assertEqual(wheel, "--no-deps torch==2.14.1")
        self.assertEqual(
            libraries,
            'cuda-toolkit[cublas,cudart]==13.0.3; platform_system == "Linux" '
            'nvidia-cudnn-cu13==9.24.0.43; platform_system == "Linux"',
        )
        self.assertIn("for CUDA 13.0, the wheel in .venv", out)

    def test_stays_the_one_that_was_asked_for_last(self) -> None:
        self.wheel("2.14.1")
        self.succeed("--torch", "2.14.1", "--index-url", "https://there/cpu")
        self.assertIn(
            "--no-deps --index-url https://there/cpu --force-reinstall torch==2.14.1", self.pip()
        )
        self.assertIn("LibTorch 2.14.1", self.succeed())
        self.assertEqual(self.pip(), [])
        self.wheel("2.13.0")
        self.succeed("--torch", "2.13.0")
        self.assertEqual(self.pip(), ["--no-deps torch==2.13.0"])

    def test_follows_the_pin_where_none_was_asked_for(self) -> None:
        self.succeed()
        self.wheel("2.14.1")
        library = self.tree / "scripts/lib/torch.sh"
        library.write_text(library.read_text().replace("torch_pin=2.13.0", "torch_pin=2.14.1"))
        self.assertIn("LibTorch 2.14.1", self.succeed())

    def test_that_failed_is_not_asked_for_again(self) -> None:
        python = self.tree / ".venv/bin/python"
        whole = python.read_text()
        self.stand_in(".venv/bin/python", "exit 1")
        self.assertEqual(self.setup("--torch", "2.99.0").code, 1)
        python.write_text(whole)
        self.assertIn("LibTorch 2.13.0", self.succeed())

    def test_whose_libraries_failed_is_tried_again(self) -> None:
        self.wheel("2.14.1", "13.0", CUDA)
        path = self.tree / ".venv/bin/python"
        whole = path.read_text()
        path.write_text(f'{whole}case "$*" in *nvidia*) exit 1;; esac\n')
        done = self.setup("--torch", "2.14.1")
        self.assertEqual(done.code, 1)
        self.assertIn("pip could not install what torch==2.14.1 links to: cuda-toolkit", done.err)
        path.write_text(whole)
        self.pip()
        self.succeed("--torch", "2.14.1")
        self.assertEqual(len(self.pip()), 3)

    def test_that_pip_can_not_install(self) -> None:
        self.stand_in(".venv/bin/python", 'case "$*" in *torch==*) exit 1;; esac')
        done = self.setup("--index-url", "https://there/cpu")
        self.assertEqual(done.code, 1)
        self.assertTrue(
            done.err.endswith("setup: pip could not install torch==2.13.0 from https://there/cpu\n")
        )

    def test_that_is_asked_for_must_be_new_enough(self) -> None:
        self.assertIn(
            "--torch 2.9.1 is too old; rankwise needs 2.11 or later",
            self.refuse("--torch", "2.9.1"),
        )
        self.assertIn("needs a value", self.refuse("--torch", code=2))
        self.assertIn("--torch new is no version", self.refuse("--torch", "new", code=2))
        self.assertIn("needs a value", self.refuse("--index-url", code=2))


class OwnLibTorch(Setup):
    """A LibTorch that is there already, which wins over a wheel."""

    def make(self, version: str) -> str:
        root = f"{self.tree}/own/lib/python3/torch"
        self.stand_in("bin/make_libtorch", libtorch_commands(root, version))
        self.script("../bin/make_libtorch")
        return root

    def assert_used(self, root: str, **variables: str) -> None:
        out = self.succeed(**variables)
        self.assertRegex(out, rf"(?m)^setup +LibTorch 2\.12\.0 +{re.escape(root)}$")
        self.assertFalse([line for line in self.pip() if "torch==" in line])

    def test_is_that_of_torch_dir(self) -> None:
        root = self.make("2.12.0")
        for path in (root, f"{root}/", f"{root}/share/cmake", f"{root}/share/cmake/Torch"):
            with self.subTest(path):
                self.assert_used(root, Torch_DIR=path)

    def test_is_that_of_a_prefix(self) -> None:
        root = self.make("2.12.0")
        self.assert_used(root, CMAKE_PREFIX_PATH=f"/nonexistent:{root}")

    def test_is_that_of_an_active_environment(self) -> None:
        root = self.make("2.12.0")
        self.stand_in("own/bin/python", f"echo {root}")
        for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
            with self.subTest(name):
                self.assert_used(root, **{name: f"{self.tree}/own"})

    def test_of_an_active_environment_that_is_too_old_is_passed_over(self) -> None:
        self.stand_in("own/bin/python", f"echo {self.make('2.10.0')}")
        out = self.succeed(VIRTUAL_ENV=f"{self.tree}/own")
        self.assertIn("the wheel in .venv", out)

    def test_of_torch_dir_must_be_there_and_new_enough(self) -> None:
        root = self.make("2.10.0")
        line = self.refuse(Torch_DIR=root)
        self.assertIn(f"LibTorch at {root} is 2.10.0, expected 2.11 or later", line)
        line = self.refuse(Torch_DIR="/nonexistent")
        self.assertIn("Torch_DIR is /nonexistent, and no LibTorch is there", line)

    def test_leaves_no_choice_of_a_wheel(self) -> None:
        root = self.make("2.12.0")
        for arguments in (("--torch", "2.13.0"), ("--index-url", "https://there/cpu")):
            line = self.refuse(*arguments, Torch_DIR=root)
            self.assertIn(f"the LibTorch of {root} would be used", line)


class Finder(Tree):
    """cmake/FindLibTorch.cmake on folders that look like a LibTorch."""

    PROJECT = """cmake_minimum_required(VERSION 3.25)
project(try LANGUAGES NONE)
list(APPEND CMAKE_MODULE_PATH {cmake})
find_package(LibTorch REQUIRED)
foreach(name INTERFACE_LINK_LIBRARIES INTERFACE_COMPILE_DEFINITIONS INTERFACE_LINK_OPTIONS)
  get_target_property(value LibTorch::LibTorch ${{name}})
  message(STATUS "${{name}} ${{value}}")
endforeach()
"""

    def setUp(self) -> None:
        super().setUp()
        self.root = self.tree / "torch"
        self.version("2.11.0")
        self.write("CMakeLists.txt", self.PROJECT.format(cmake=ROOT / "cmake"))
        cmake, ninja = shutil.which("cmake"), shutil.which("ninja")
        options = f"-G Ninja -DCMAKE_MAKE_PROGRAM={ninja} -DTorch_DIR={self.root}"
        self.stand_in(
            "scripts/configure", f"exec {cmake} -S {self.tree} -B {self.tree}/build {options}"
        )

    def version(self, version: str) -> None:
        self.stand_in("scripts/make_libtorch", libtorch_commands(str(self.root), version))
        self.script("make_libtorch")

    def found(self) -> dict[str, list[str]]:
        done = self.script("configure")
        self.assertEqual(done.code, 0, done.err)
        lines = re.findall(r"(?m)^-- INTERFACE_(\S+) (.*)$", done.out)
        return {name: value.split(";") for name, value in lines}

    def test_links_what_is_there(self) -> None:
        self.write("torch/lib/libtorch_cpu.so")
        self.write("torch/lib/libc10.so")
        names = [Path(path).name for path in self.found()["LINK_LIBRARIES"]]
        self.assertEqual(names, ["libtorch.so", "libtorch_cpu.so", "libc10.so"])
        self.write("torch/lib/libtorch_cuda.so")
        self.write("torch/lib/libc10_cuda.so")
        names = [Path(path).name for path in self.found()["LINK_LIBRARIES"]]
        self.assertEqual(names[3:], ["libtorch_cuda.so", "libc10_cuda.so"])

    def test_keeps_kernels_and_needs_no_toolkit(self) -> None:
        self.assertEqual(
            self.found()["LINK_OPTIONS"], ["LINKER:--no-as-needed,--allow-shlib-undefined"]
        )

    def test_takes_the_kind_of_strings_from_the_build(self) -> None:
        self.assertNotIn("GLIBCXX", " ".join(self.found()["COMPILE_DEFINITIONS"]))
        self.write(
            "torch/share/cmake/Torch/TorchConfig.cmake",
            'set(TORCH_CXX_FLAGS "-D_GLIBCXX_USE_CXX11_ABI=0")\n',
        )
        self.assertIn("_GLIBCXX_USE_CXX11_ABI=0", self.found()["COMPILE_DEFINITIONS"])

    def test_refuses_what_is_too_old(self) -> None:
        self.version("2.10.0")
        done = self.script("configure")
        self.assertEqual(done.code, 1)
        self.assertIn("is 2.10.0, expected 2.11 or later", " ".join(done.err.split()))


if __name__ == "__main__":
    unittest.main()
