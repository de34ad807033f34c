"""The whole stack: what runs, what each part needs to start, and the order in which the parts stop."""

import signal
from collections.abc import Sequence
from dataclasses import dataclass

from common.services import SERVICES
from stack import demo, environments, processes, web_client
from stack.component import Component, Step, Topology
from stack.demo_people import PEOPLE
from stack.description import Description
from stack.environments import ServiceEnvironments
from stack.mail_catcher import MailCatcher
from stack.mongo import MongoServer
from stack.nats import NatsServer, helpdesk_accounts
from stack.nginx import NginxServer
from stack.options import Options, SmtpServer
from stack.paths import Paths
from stack.ports import Ports
from stack.readiness import wait_for_http
from stack.secrets import Secrets


@dataclass(frozen=True)
class Stack:
    """The parts of one run."""

    options: Options
    paths: Paths
    ports: Ports
    mongo: MongoServer
    nats: NatsServer
    mail_catcher: MailCatcher | None
    environments: ServiceEnvironments
    nginx: NginxServer

    @property
    def url(self) -> str:
        return _url(self.ports)

    @property
    def has_demo_people(self) -> bool:
        return self.options.seed or self.paths.seeded.exists()

    def topology(self) -> Topology:
        if self.options.servers_only:
            return Topology(layers=[[self._mongod()], [self._nats()]], steps=[self._provisioning()])
        replicas = [self._service(name, each) for name in SERVICES for each in range(_count(self.options, name))]
        return Topology(
            layers=[
                [self._mongod()],
                [self._nats()],
                [self._maildev(self.mail_catcher)] if self.mail_catcher else [],
                replicas,
                [self._nginx()],
            ],
            steps=[
                self._provisioning(),
                *([self._web_client()] if self.options.web else []),
                *([self._demo_data([each.name for each in replicas])] if self._wants_demo_data() else []),
            ],
        )

    def listening_ports(self) -> list[int]:
        """Every port that this run listens on."""
        return [*(component.port for component in self.topology().components), self.nats.monitor_port] + (
            [self.mail_catcher.smtp_port] if self.mail_catcher else []
        )

    def description(self, control: str) -> Description:
        return Description(
            url=self.url,
            mail_url=self.mail_catcher.url if self.mail_catcher else None,
            smtp=self.environments.smtp,
            nats_url=self.nats.url,
            nats_monitor_url=self.nats.monitor_url,
            nats_users=dict(self.environments.secrets.nats),
            mongo_url=self.mongo.url,
            accounts=[vars(person) for person in PEOPLE] if self.has_demo_people else [],
            control=control,
        )

    def _mongod(self) -> Component:
        async def prepare() -> None:
            self.mongo.write_files()

        return Component(
            "mongod",
            port=self.ports.mongo,
            command=self.mongo.command(),
            prepare=prepare,
            ready=self.mongo.wait_ready,
            stop_grace=30,
        )

    def _nats(self) -> Component:
        async def prepare() -> None:
            self.nats.write_files()

        return Component(
            "nats",
            port=self.ports.nats,
            command=self.nats.command(),
            prepare=prepare,
            ready=self.nats.wait_ready,
            find_stuck=self.nats.find_stuck,
        )

    def _maildev(self, catcher: MailCatcher) -> Component:
        return Component(
            "maildev",
            port=catcher.page_port,
            command=catcher.command(),
            prepare=catcher.prepare,
            ready=catcher.wait_ready,
            environment=self.environments.of_node(),
        )

    def _service(self, name: str, replica: int) -> Component:
        port = self.ports.service(name, replica)

        async def ready() -> None:
            await wait_for_http(f"http://127.0.0.1:{port}/readyz")

        return Component(
            name if _count(self.options, name) == 1 else f"{name}-{replica + 1}",
            port=port,
            command=environments.serve_command(name),
            environment=self.environments.of_service(name, port),
            # Services wait for their servers themselves, but their users do not exist before the first start is done.
            needs=() if self.mongo.has_data else ("mongod", "nats"),
            ready=ready,
        )

    def _nginx(self) -> Component:
        async def prepare() -> None:
            self.nginx.write_files()
            processes.rotate(self.nginx.access_log)

        return Component(
            "nginx",
            port=self.ports.http,
            command=self.nginx.command(),
            needs=("web client",) if self.options.web else (),
            prepare=prepare,
            ready=self.nginx.wait_ready,
            stop_signal=signal.SIGQUIT,  # requests in progress are finished
            death_signal=signal.SIGTERM,  # unlike SIGKILL, it ends the workers as well
        )

    def _provisioning(self) -> Step:
        async def provision() -> None:
            log, environment = self.paths.log_file("provision"), self.environments.of_provisioner()
            await processes.run(environments.provision_command(), log=log, environment=environment)

        return Step("provision", run=provision, needs=("nats",))

    def _web_client(self) -> Step:
        async def build() -> None:
            await web_client.build(self.paths.log_file("web"))

        return Step("web client", run=build, required=False)

    def _demo_data(self, replicas: Sequence[str]) -> Step:
        async def seed() -> None:
            environment = self.environments.of_service("auth", self.ports.service("auth"))
            await processes.run(
                environments.import_users_command(),
                log=self.paths.log_file("demo"),
                environment=environment,
                input=demo.people_as_json(),
            )
            await demo.make_demo_data(f"http://127.0.0.1:{self.ports.http}")
            await self.mongo.forget_rate_limits()  # whoever tries the demo people has all of their limits
            self.paths.seeded.touch()

        return Step("demo data", run=seed, needs=(*replicas, "provision", "nginx"), required=False)

    def _wants_demo_data(self) -> bool:
        return self.options.seed and not self.paths.seeded.exists()


def assemble(options: Options, paths: Paths, secrets: Secrets) -> Stack:
    """Puts a run together from its options."""
    ports = Ports(options.http_port)
    mongo = MongoServer(
        paths.directory("mongod"),
        port=ports.mongo,
        root_password=secrets.mongo_root,
        keyfile=secrets.mongo_keyfile,
        users={service: secrets.mongo[service] for service in SERVICES},
        binary_cache=paths.cache,
    )
    nats = NatsServer(
        paths.directory("nats"),
        port=ports.nats,
        monitor_port=ports.nats_monitor,
        accounts=helpdesk_accounts(secrets.nats),
        binary_cache=paths.cache,
    )
    catcher = MailCatcher(
        paths.directory("maildev"),
        cache=paths.cache,
        log=paths.log_file("maildev"),
        smtp_port=ports.smtp,
        page_port=ports.mail_page,
    )
    smtp = options.smtp or SmtpServer("127.0.0.1", ports.smtp)
    nginx = NginxServer(
        paths.directory("nginx"),
        port=ports.http,
        upstreams={name: [ports.service(name, each) for each in range(_count(options, name))] for name in SERVICES},
        access_log=paths.log_file("nginx-access"),
        rate_limits=options.rate_limits,
        proxies_in_front=options.trusted_proxies - 1,
        binary_cache=paths.cache,
    )
    return Stack(
        options=options,
        paths=paths,
        ports=ports,
        mongo=mongo,
        nats=nats,
        mail_catcher=None if options.smtp else catcher,
        environments=ServiceEnvironments(options, secrets, mongo=mongo, nats=nats, smtp=smtp, url=_url(ports)),
        nginx=nginx,
    )


def _count(options: Options, service: str) -> int:
    return options.replicas.get(service, 1)


def _url(ports: Ports) -> str:
    return f"http://localhost:{ports.http}"
