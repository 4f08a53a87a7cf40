"""Runs every benchmark under bench/ and writes what it printed to docs/proofs/<name>.json, with a page that shows them all.

bin/prove            all of them, and every published number of the science library computed again, the long ones too
bin/prove spine      one
bin/prove truths     only the published numbers
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PROOFS = ROOT / "docs" / "proofs"


def main(names: list[str]) -> int:
    # What a benchmark stands on lies beside it and cannot be run by itself.
    runnable = [path for path in (ROOT / "bench").glob("*.py") if "__main__" in path.read_text(encoding="utf-8")]
    found = sorted(path for path in runnable if not names or path.stem in names)
    if not found and names != ["truths"]:
        print(f"No benchmark is named {', '.join(names)}. There are: {', '.join(sorted(path.stem for path in runnable))}.")
        return 2
    failed = 0
    for path in found:
        print(f"{path.stem} …", flush=True)
        done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, cwd=ROOT, check=False)
        if done.returncode:
            print(done.stderr)
            failed += 1
            continue
        result = {"run_on": datetime.now(UTC).date().isoformat(), "machine": machine(), "figures": json.loads(done.stdout)}
        (PROOFS / f"{path.stem}.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if not names or "truths" in names:
        failed += truths()
    write_page()
    return failed


def truths() -> int:
    """docs/algorithms/truths.md, the long ones computed too; 1 if one falls short."""
    print("truths …", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "steward.science.check", "--slow", "--write"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    print("\n".join(done.stdout.splitlines()[-1:]) or done.stderr)
    return int(done.returncode != 0)


def machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def write_page() -> None:
    lines = [
        "# Proofs",
        "",
        "Written by `bin/prove`. Speeds are of one run on the machine named; read the ratios, not the absolute numbers.",
        "",
    ]
    for path in sorted(PROOFS.glob("*.json")):
        proof: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        lines += [
            f"## {path.stem}",
            "",
            f"`python bench/{path.stem}.py` · {proof['run_on']} · {proof['machine']}",
            "",
            "| Figure | Value |",
            "| --- | --- |",
        ]
        lines += [f"| {name} | {value} |" for name, value in flat(proof["figures"])]
        lines.append("")
    lines += ["What only people can show: [needs-people.md](needs-people.md).", ""]
    (PROOFS / "README.md").write_text("\n".join(lines), encoding="utf-8")


def flat(value: Any, name: str = "") -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [row for key, part in value.items() for row in flat(part, f"{name} · {key}" if name else str(key))]
    return [(name, str(value))]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
