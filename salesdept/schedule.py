"""The whole night and every beat entry, in one place (DESIGN.md, «The night»).

A step is `step(*, as_of, full) -> int` (rows changed). Steps of COMPUTE commit one by one and write tables
no page reads as a day's result; the steps of PUBLISH run in one transaction, which is the moment the day
becomes visible. App order is import order; names are dotted paths because the floor imports nobody.
"""

from celery.schedules import crontab

COMPUTE: tuple[str, ...] = (
    "clients.nightly.rollup.step",
    "clients.nightly.measures.step",
    "clients.nightly.classes.step",
    "clients.nightly.top.step",
    "clients.nightly.stages.step",
)

PUBLISH: tuple[str, ...] = (
    "clients.nightly.events.step",
    "clients.nightly.states.step",
    "clients.nightly.hands.step",
    "deals.nightly.invoices.step",
    "deals.nightly.recovery.step",
    "deals.nightly.contact_due.step",
    "deals.nightly.handover_tasks.step",
    "deals.nightly.lead_decisions.step",
    "deals.nightly.call_list.step",
    "deals.nightly.reveal_allowance.step",
    "kpi.nightly.sales.step",
    "kpi.nightly.managers.step",
    "clients.nightly.versions.step",  # last: it stores the hands too, and forgets which clients were touched
)

# What two nights are compared by in a rehearsal (see `salesdept.rehearsal`), and who may be named there.
COMPARE_CLIENTS: tuple[str, ...] = (
    "clients.nightly.compare.CLIENTS",
    "deals.nightly.compare.CALLS",
    "deals.nightly.compare.TASKS",
)
COMPARE_LOADS: tuple[str, ...] = (
    "deals.nightly.compare.CALLS_OF_PERSON",
    "deals.nightly.compare.DUE_OF_PERSON",
    "deals.nightly.compare.OPEN_OF_PERSON",
)
LISTED_CLIENTS = "clients.rehearsed.listed"

BEAT_SCHEDULE = {
    "night": {
        "task": "salesdept.tasks.night",
        "schedule": crontab(hour=2, minute=0),
        "options": {"expires": 20 * 3600},  # entries expire before the next run
    },
}
