"""The composition root: creates and wires the parts of tickets."""

from common import mongo, suppressed_addresses
from common.lifecycle import Service
from common.suppressed_addresses import SuppressedAddresses
from common.token_trust import TokenTrustStore
from common.token_verifier import TokenIdentity
from tickets import numbers, people
from tickets.assignment.commands import AssignmentCommands
from tickets.assignment.routes import routes as assignment_routes
from tickets.attachments import gridfs
from tickets.attachments.commands import AttachmentCommands
from tickets.attachments.document import Attachment
from tickets.attachments.gridfs import GridFs
from tickets.attachments.quotas import UploadQuotas
from tickets.attachments.routes import routes as attachment_routes
from tickets.attachments.sweep import AttachmentSweep
from tickets.audit import trail
from tickets.audit.routes import routes as audit_routes
from tickets.audit.trail import AuditTrail
from tickets.changes import sequencer
from tickets.changes.routes import routes as change_routes
from tickets.changes.sequencer import ChangeSequencer
from tickets.conversation.commands import ConversationCommands
from tickets.conversation.document import Message
from tickets.conversation.routes import routes as conversation_routes
from tickets.deadlines import deadline
from tickets.deadlines.deadline import DEADLINES
from tickets.deadlines.sweeper import Sweeper
from tickets.desk_settings.document import StoredSettings
from tickets.desk_settings.routes import routes as settings_routes
from tickets.directory import queries as directory
from tickets.directory.routes import routes as directory_routes
from tickets.export.document import Export
from tickets.export.routes import routes as export_routes
from tickets.history.routes import routes as history_routes
from tickets.numbers import TicketNumbers
from tickets.offboarding import commands as offboarding
from tickets.offboarding.commands import OffboardingCommands
from tickets.offboarding.document import Offboarding
from tickets.offboarding.job import OffboardingJob
from tickets.people import People
from tickets.reports import snapshot
from tickets.reports.routes import routes as report_routes
from tickets.search.routes import routes as search_routes
from tickets.settings import TicketsSettings
from tickets.subscriptions import subscriptions
from tickets.ticket.commands import TicketCommands
from tickets.ticket.document import Ticket
from tickets.ticket.limits import TextQuota
from tickets.ticket.presentation import TicketPresenter
from tickets.ticket.routes import routes as ticket_routes


def build(settings: TicketsSettings) -> Service:
    db = mongo.connect_database(settings, "tickets")
    trust = TokenTrustStore(db)
    known_people = People(db)
    ticket_numbers = TicketNumbers(db)
    offboardings = OffboardingCommands(known_people)
    presenter = TicketPresenter(known_people)
    storage = GridFs(db)
    attachments = AttachmentCommands(storage)
    texts = TextQuota.of(settings)
    return Service(
        name="tickets",
        settings=settings,
        db=db,
        documents=[Ticket, Message, Attachment, StoredSettings, Export, Offboarding],
        identity=TokenIdentity(trust),
        routers=[
            directory_routes(db),
            export_routes(db),
            change_routes(db, presenter),
            search_routes(presenter),
            ticket_routes(TicketCommands(known_people, ticket_numbers), presenter, texts),
            assignment_routes(AssignmentCommands(known_people), presenter),
            attachment_routes(
                attachments, storage, UploadQuotas.of(settings), idle_seconds=settings.upload_idle_seconds
            ),
            history_routes(),
            conversation_routes(ConversationCommands(db, known_people, ticket_numbers), texts),
            settings_routes(),
            audit_routes(db),
            report_routes(db),
        ],
        subscriptions=subscriptions(known_people, offboardings, SuppressedAddresses(db), trust, AuditTrail(db)),
        api_loops=[trust],
        api_probes={"keys": trust.probe},
        worker_loops=[
            ChangeSequencer(db),
            AttachmentSweep(attachments),
            OffboardingJob(db, offboardings),
            *(Sweeper(db, each) for each in DEADLINES),
        ],
        indexes={
            people.COLLECTION: directory.INDEXES,
            suppressed_addresses.COLLECTION: suppressed_addresses.INDEXES,
            numbers.COLLECTION: [],
            sequencer.COLLECTION: [],
            **gridfs.INDEXES,
            Ticket.Settings.name: [*deadline.INDEXES, *snapshot.INDEXES, offboarding.INDEX],
            trail.COLLECTION: trail.INDEXES,
        },
    )
