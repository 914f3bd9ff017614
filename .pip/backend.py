"""Builds a wheel that carries the gov-hook binary, with nothing but Python's own library.

The binary is, in this order:
  - in the wheel of this version that the folder GOV_HOOK_WHEELS has. No index is ever asked: whoever could
    publish there under this name would run wherever this is installed.
  - the file that GOV_HOOK_BINARY names.
  - what `cargo build --release --locked` makes of this source.
"""

import base64
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sysconfig
import zipfile

TOP = pathlib.Path(__file__).resolve().parent.parent
LICENSES = ("LICENSE-APACHE", "LICENSE-MIT")
# The same files give the same wheel.
DATE = (1980, 1, 1, 0, 0, 0)


class Unbuildable(Exception):
    """What cannot be done, and what to do about it."""


def manifest(key):
    package = (TOP / "Cargo.toml").read_text(encoding="utf-8").split("[package]", 1)[1]
    return re.search(rf'^{key} = "(.*)"$', package, re.MULTILINE).group(1)


def platform():
    return re.sub(r"[^a-z0-9_]", "_", sysconfig.get_platform().lower())


def stem():
    return f"gov_hook-{manifest('version')}"


def ready_made(folder):
    """The wheel that somebody else built; whether it fits is for the installer to say."""
    exact = f"{stem()}-py3-none-{platform()}.whl"
    system, machine = platform().split("_", 1)[0], os.uname().machine.lower()
    likely = sorted(wheel for wheel in pathlib.Path(folder).glob(f"{stem()}-py3-none-*{system}*{machine}.whl"))
    wheels = [wheel for wheel in likely if wheel.name == exact] or likely
    if not wheels:
        raise Unbuildable(f"GOV_HOOK_WHEELS is {folder}, which has no {exact}")
    return wheels[0]


def binary():
    named = os.environ.get("GOV_HOOK_BINARY")
    if named:
        return pathlib.Path(named)
    if shutil.which("cargo") is None:
        raise Unbuildable(
            "there is no Rust toolchain to build gov-hook with; set GOV_HOOK_WHEELS to a folder that has its wheel, "
            "or GOV_HOOK_BINARY to a gov-hook"
        )
    build = ["cargo", "build", "--release", "--locked", "--bin", "gov-hook"]
    told = subprocess.run(
        [*build, "--message-format", "json-render-diagnostics"], cwd=TOP, check=True, stdout=subprocess.PIPE
    ).stdout
    made = (json.loads(line).get("executable") for line in told.splitlines())
    return pathlib.Path(next(program for program in made if program))


def metadata():
    lines = [
        "Metadata-Version: 2.4",
        "Name: gov-hook",
        f"Version: {manifest('version')}",
        f"Summary: {manifest('description')}",
        f"License-Expression: {manifest('license')}",
        *(f"License-File: {name}" for name in LICENSES),
        "Requires-Python: >=3.8",
        "Description-Content-Type: text/markdown",
    ]
    return "\n".join(lines) + "\n\n" + (TOP / "README.md").read_text(encoding="utf-8")


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    folder = os.environ.get("GOV_HOOK_WHEELS")
    if folder:
        return pathlib.Path(shutil.copy(ready_made(folder), wheel_directory)).name
    tag = f"py3-none-{platform()}"
    described = f"Wheel-Version: 1.0\nGenerator: gov-hook\nRoot-Is-Purelib: false\nTag: {tag}\n"
    info = f"{stem()}.dist-info"
    files = [
        (f"{stem()}.data/scripts/gov-hook", binary().read_bytes(), 0o755),
        (f"{info}/METADATA", metadata().encode(), 0o644),
        (f"{info}/WHEEL", described.encode(), 0o644),
        *((f"{info}/licenses/{name}", (TOP / name).read_bytes(), 0o644) for name in LICENSES),
    ]
    record = "".join(f"{name},sha256={digest(content)},{len(content)}\n" for name, content, _ in files)
    files.append((f"{info}/RECORD", f"{record}{info}/RECORD,,\n".encode(), 0o644))
    wheel = f"{stem()}-{tag}.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, wheel), "w") as archive:
        for name, content, mode in files:
            entry = zipfile.ZipInfo(name, DATE)
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return wheel


def digest(content):
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def build_sdist(sdist_directory, config_settings=None):
    raise Unbuildable("gov-hook's source is its repository: clone that instead")
