"""nginx as a relay: the best that a relay can be that does not look at what it carries."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from bench.relay.processes import Running, free_port
from bench.relay.processes import start as start_process

_CONFIG = """\
daemon off;
worker_processes 1;
worker_rlimit_nofile 4096;
pid {prefix}/nginx.pid;
error_log stderr warn;
{user}
events {{ worker_connections 2048; }}
http {{
  access_log off;
  tcp_nodelay on;
  client_max_body_size 16m;
  client_body_buffer_size 4m;
  client_body_temp_path {prefix}/body;
  proxy_temp_path {prefix}/proxy;
  fastcgi_temp_path {prefix}/fastcgi;
  uwsgi_temp_path {prefix}/uwsgi;
  scgi_temp_path {prefix}/scgi;
  keepalive_requests 10000000;
  upstream model {{
    server 127.0.0.1:{model};
    keepalive 512;
    keepalive_requests 10000000;
  }}
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    location / {{
      proxy_pass http://model;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
    }}
  }}
}}
"""


def program() -> str | None:
    """Return where nginx is; Debian puts it where only root looks."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def version() -> str:
    """Return nginx's version, or nothing where it is not."""
    if (nginx := program()) is None:
        return ""
    said = subprocess.run([nginx, "-v"], check=True, capture_output=True, text=True)  # noqa: S603
    found = re.search(r"nginx/(\S+)", said.stderr)
    return found[1] if found else ""


def start(folder: Path, model: int, _: Path) -> Running:
    """Start nginx with one worker; its files stand in `folder`."""
    prefix, port = folder / "nginx", free_port()
    prefix.mkdir()
    # Started by root, its worker would become somebody who may not write to the folder.
    user = "user root;" if os.geteuid() == 0 else ""
    text = _CONFIG.format(prefix=prefix, port=port, model=model, user=user)
    (prefix / "nginx.conf").write_text(text, encoding="utf-8")
    nginx = program() or "nginx"
    command = [nginx, "-e", "stderr", "-p", str(prefix), "-c", str(prefix / "nginx.conf")]
    return start_process("nginx", command, port, folder)
