"""What is done with clients: invoices, leads, interactions, tasks, call lists."""

from deals.models.call_list import CallEntry, ContactState, EntryState, Tier
from deals.models.interaction import Interaction, Kind, Outcome, RefusalReason
from deals.models.invoice import Invoice, InvoiceState
from deals.models.lead import Channel, Lead, LeadState
from deals.models.task import Task, TaskKind, TaskState

__all__ = [
    "CallEntry",
    "Channel",
    "ContactState",
    "EntryState",
    "Interaction",
    "Invoice",
    "InvoiceState",
    "Kind",
    "Lead",
    "LeadState",
    "Outcome",
    "RefusalReason",
    "Task",
    "TaskKind",
    "TaskState",
    "Tier",
]
