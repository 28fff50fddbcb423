"""`./gongyou deploy-files DIR`: the files of a real installation, filled in for this checkout."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import urlsplit

import typer

from kit.settings import ROOT, settings

app = typer.Typer(help=__doc__, add_completion=False)

TEMPLATES = Path(__file__).parent / "deploy"


@app.command()
def deploy_files(
    folder: Path = typer.Argument(help="where to write them"),
    host: str = typer.Option("", help="the public host name; taken from PUBLIC_URL when that is set"),
    user: str = typer.Option("gongyou", help="the system user that runs it"),
    data: str = typer.Option("/var/lib/gongyou", help="where the state will live"),
    certificates: str = typer.Option("", help="the folder of fullchain.pem and privkey.pem"),
) -> None:
    configured = settings()
    name = host or urlsplit(configured.public_url).hostname or ""
    if not name:
        raise SystemExit("gongyou: which host? --host gongyou.example.org, or set PUBLIC_URL")
    values = {
        "root": str(ROOT),
        "user": user,
        "data": data,
        "host": name,
        "port": str(configured.port),
        "internal_port": str(configured.internal_at),
        "certificates": certificates or f"/etc/letsencrypt/live/{name}",
    }
    folder.mkdir(parents=True, exist_ok=True)
    for template in sorted(path for path in TEMPLATES.iterdir() if path.is_file()):
        target = folder / template.name
        target.write_text(template.read_text(encoding="utf-8").format(**values), encoding="utf-8")
        print(target)
    for path in sorted((TEMPLATES / "monitoring").iterdir()):  # these have braces of their own and nothing to fill in
        print(shutil.copy(path, folder / path.name))
    print("docs/tasks/run-it-for-real.md says where each goes")
