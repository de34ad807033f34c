"""The part of NGINX's configuration that differs from run to run."""

from pathlib import Path

from stack.nginx import NginxServer


def a_server(directory: Path, **changes: object) -> NginxServer:
    settings: dict[str, object] = {
        "port": 18080,
        "upstreams": {"auth": [18090], "tickets": [18100, 18101]},
        "access_log": directory / "access.log",
    }
    return NginxServer(directory, **(settings | changes))  # type: ignore[arg-type]


def test_nginx_listens_on_this_machine_only(tmp_path: Path) -> None:
    listens = [line.strip() for line in a_server(tmp_path).render().splitlines() if line.strip().startswith("listen ")]
    assert "listen 127.0.0.1:18080;" in listens
    assert set(listens) <= {"listen 127.0.0.1:18080;", "listen [::1]:18080;"}


def test_all_replicas_of_a_service_are_behind_its_name(tmp_path: Path) -> None:
    tickets = a_server(tmp_path).render().split("upstream tickets {")[1].split("}")[0]
    assert "server 127.0.0.1:18100" in tickets
    assert "server 127.0.0.1:18101" in tickets
    assert "18090" not in tickets


def test_rate_limits_can_be_switched_off(tmp_path: Path) -> None:
    assert 'default "off";' in a_server(tmp_path, rate_limits="off").render()
    assert 'default "on";' in a_server(tmp_path).render()


def test_everything_nginx_includes_is_written_beside_its_configuration(tmp_path: Path) -> None:
    a_server(tmp_path).write_files()
    written = {path.name for path in (tmp_path / "conf").iterdir()}
    included = {
        word.removesuffix(";")
        for path in (tmp_path / "conf").iterdir()
        for line in path.read_text().splitlines()
        if "include " in line and not line.lstrip().startswith("#")
        for word in line.split("include ")[1:]
        for word in [word.split(";")[0]]
    }
    assert included <= written
