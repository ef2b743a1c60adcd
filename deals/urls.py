"""Addresses of deals."""

from django.urls import URLPattern, path

from deals.views import call, client_tabs, day, task

app_name = "deals"
urlpatterns: list[URLPattern] = [
    path("day/", day.day, name="day"),
    path("call/", call.start, name="call"),
    path("call/again/", call.again, name="call_again"),
    path("call/<int:pk>/", call.call, name="call_entry"),
    path("call/<int:pk>/skip/", call.skip, name="call_skip"),
    path("call/<int:pk>/unskip/", call.unskip, name="call_unskip"),
    path("call/client/<int:pk>/", call.client_call, name="client_call"),
    path("call/contact/<int:pk>/", call.reveal_contact, name="call_contact"),
    path("call/undo/<int:pk>/", call.undo, name="call_undo"),
    path("tasks/", task.tasks, name="tasks"),
    path("tasks/new/", task.new, name="task_new"),
    path("tasks/clients/", task.clients, name="task_clients"),
    path("tasks/<int:pk>/", task.detail, name="task_detail"),
    path("tasks/<int:pk>/done/", task.done, name="task_done"),
    path("tasks/<int:pk>/cancel/", task.cancel, name="task_cancel"),
    path("tasks/<int:pk>/reopen/", task.reopen, name="task_reopen"),
    path("tasks/<int:pk>/move/", task.move, name="task_move"),
    path("clients/<int:pk>/timeline/", client_tabs.timeline, name="client_timeline"),
    path("clients/<int:pk>/tasks/", client_tabs.tasks, name="client_tasks"),
]
