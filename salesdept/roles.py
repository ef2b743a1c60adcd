"""The roles of DOMAIN.md 1 and the one table role × permission."""

from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """What a person does in the department (DOMAIN.md 1)."""

    SERVICE_MANAGER = "service_manager", _("Service manager")
    SENIOR_MANAGER = "senior_manager", _("Senior manager")
    DEVELOPMENT_MANAGER = "development_manager", _("Development manager")
    OPERATOR = "operator", _("Operator")
    LEAD_MANAGER = "lead_manager", _("Lead manager")
    MARKETER = "marketer", _("Marketer")
    BRANCH_HEAD = "branch_head", _("Branch head")
    SALES_HEAD = "sales_head", _("Sales head")
    DEPUTY_DIRECTOR = "deputy_director", _("Deputy director")
    DIRECTOR = "director", _("Director")

    @property
    def short(self) -> str | Promise:
        """How colleagues call the role, for narrow places."""
        return _SHORT.get(self, self.label)

    @classmethod
    def sellers(cls) -> tuple[str, ...]:
        """Roles that have clients in work and a call list."""
        return (cls.SERVICE_MANAGER, cls.SENIOR_MANAGER, cls.DEVELOPMENT_MANAGER)


_SHORT: dict[str, str | Promise] = {
    Role.SERVICE_MANAGER: pgettext_lazy("role, short", "Manager"),
    Role.DEVELOPMENT_MANAGER: pgettext_lazy("role, short", "Development"),
    Role.SALES_HEAD: pgettext_lazy("role, short", "Head of sales"),
    Role.DEPUTY_DIRECTOR: pgettext_lazy("role, short", "Deputy director"),
    Role.BRANCH_HEAD: pgettext_lazy("role, short", "Branch head"),
}


class Perm(StrEnum):
    """Rights of the program. A view names one; the table below says who has it."""

    WORK_CALLS = "work_calls"  # own call list and call mode
    SEE_OWN_CLIENTS = "see_own_clients"  # clients one works with
    SEE_OFFICE_CLIENTS = "see_office_clients"
    SEE_ALL_CLIENTS = "see_all_clients"
    EDIT_CLIENTS = "edit_clients"
    ASSIGN_CLIENTS = "assign_clients"  # hands a client to another manager
    REVEAL_CONTACTS = "reveal_contacts"
    EXPORT_CLIENTS = "export_clients"
    IMPORT_DATA = "import_data"
    SEE_TASKS = "see_tasks"
    ASSIGN_TASKS = "assign_tasks"  # gives tasks to others
    SEE_RESULTS = "see_results"  # the whole department's dashboard
    SEE_OFFICE_RESULTS = "see_office_results"
    SEE_OWN_RESULTS = "see_own_results"
    EDIT_PLANS = "edit_plans"
    READ_BOOK = "read_book"
    EDIT_BOOK = "edit_book"
    APPROVE_BOOK = "approve_book"
    SEE_TRAINING = "see_training"  # what others have read, passed and apply
    SEE_OFFICE_TRAINING = "see_office_training"
    ASSESS = "assess"  # assesses others at work and takes newcomers in, among those whose training one sees
    SEE_NIGHT = "see_night"  # job runs
    RUN_NIGHT = "run_night"


_EVERYONE = {Perm.READ_BOOK, Perm.SEE_TASKS}
_SELLER = _EVERYONE | {
    Perm.WORK_CALLS,
    Perm.SEE_OWN_CLIENTS,
    Perm.EDIT_CLIENTS,
    Perm.REVEAL_CONTACTS,
    Perm.SEE_OWN_RESULTS,
}

PERMISSIONS: dict[str, frozenset[Perm]] = {
    Role.SERVICE_MANAGER: frozenset(_SELLER),
    Role.DEVELOPMENT_MANAGER: frozenset(_SELLER),
    Role.SENIOR_MANAGER: frozenset(
        _SELLER
        | {
            Perm.SEE_ALL_CLIENTS,
            Perm.ASSIGN_CLIENTS,
            Perm.ASSIGN_TASKS,
            Perm.SEE_RESULTS,
            Perm.SEE_TRAINING,
            Perm.ASSESS,
        }
    ),
    Role.OPERATOR: frozenset(_EVERYONE | {Perm.SEE_OWN_CLIENTS, Perm.EDIT_CLIENTS, Perm.REVEAL_CONTACTS}),
    Role.LEAD_MANAGER: frozenset(
        _EVERYONE | {Perm.WORK_CALLS, Perm.SEE_OWN_CLIENTS, Perm.EDIT_CLIENTS, Perm.REVEAL_CONTACTS}
    ),
    Role.MARKETER: frozenset(_EVERYONE | {Perm.SEE_ALL_CLIENTS, Perm.SEE_RESULTS}),
    Role.BRANCH_HEAD: frozenset(
        _EVERYONE
        | {
            Perm.SEE_OFFICE_CLIENTS,
            Perm.ASSIGN_CLIENTS,
            Perm.ASSIGN_TASKS,
            Perm.REVEAL_CONTACTS,
            Perm.SEE_OFFICE_RESULTS,
            Perm.SEE_OFFICE_TRAINING,
            Perm.ASSESS,
        }
    ),
    Role.SALES_HEAD: frozenset(
        set(Perm)
        - {
            Perm.WORK_CALLS,
            Perm.SEE_OWN_CLIENTS,
            Perm.SEE_OFFICE_CLIENTS,
            Perm.SEE_OWN_RESULTS,
            Perm.SEE_OFFICE_TRAINING,
        }
    ),
    Role.DEPUTY_DIRECTOR: frozenset(
        _EVERYONE
        | {
            Perm.SEE_ALL_CLIENTS,
            Perm.EDIT_CLIENTS,
            Perm.REVEAL_CONTACTS,
            Perm.EXPORT_CLIENTS,
            Perm.IMPORT_DATA,
            Perm.SEE_RESULTS,
            Perm.EDIT_BOOK,
            Perm.SEE_TRAINING,
            Perm.ASSESS,
            Perm.SEE_NIGHT,
            Perm.RUN_NIGHT,
        }
    ),
    Role.DIRECTOR: frozenset(
        _EVERYONE
        | {Perm.SEE_ALL_CLIENTS, Perm.SEE_RESULTS, Perm.SEE_NIGHT, Perm.APPROVE_BOOK, Perm.SEE_TRAINING}
    ),
}


def has_perm(user: object, perm: Perm) -> bool:
    """Whether an active person's role carries the right."""
    return bool(getattr(user, "is_active", False)) and perm in PERMISSIONS.get(getattr(user, "role", ""), ())


# What each right lets a person do, in words: the job descriptions of the book show it.
PERM_NAMES = {
    Perm.WORK_CALLS: _("Calls by the call list of the day"),
    Perm.SEE_OWN_CLIENTS: _("Sees the clients in work"),
    Perm.SEE_OFFICE_CLIENTS: _("Sees the clients of the office"),
    Perm.SEE_ALL_CLIENTS: _("Sees all clients"),
    Perm.EDIT_CLIENTS: _("Changes the facts of clients and contacts"),
    Perm.ASSIGN_CLIENTS: _("Hands clients over to other managers"),
    Perm.REVEAL_CONTACTS: _("Opens phones and addresses of contacts, one at a time"),
    Perm.EXPORT_CLIENTS: _("Exports lists of clients"),
    Perm.IMPORT_DATA: _("Imports files"),
    Perm.SEE_TASKS: _("Sees the own tasks"),
    Perm.ASSIGN_TASKS: _("Gives tasks to others"),
    Perm.SEE_RESULTS: _("Sees the results of the whole department"),
    Perm.SEE_OFFICE_RESULTS: _("Sees the results of the office"),
    Perm.SEE_OWN_RESULTS: _("Sees the own results"),
    Perm.EDIT_PLANS: _("Sets plans"),
    Perm.READ_BOOK: _("Reads the sales book"),
    Perm.EDIT_BOOK: _("Writes drafts of the sales book"),
    Perm.APPROVE_BOOK: _("Approves regulations that name the role"),
    Perm.SEE_TRAINING: _("Sees what everybody has read, passed and applies"),
    Perm.SEE_OFFICE_TRAINING: _("Sees what the people of the office have read, passed and apply"),
    Perm.ASSESS: _("Assesses others at work and takes newcomers in"),
    Perm.SEE_NIGHT: _("Sees how the night went"),
    Perm.RUN_NIGHT: _("Starts the night by hand"),
}
