"""Every address of the program."""

from django.contrib import admin
from django.urls import include, path

from salesdept.views import home, night, profile

urlpatterns = [
    path("", home.home, name="home"),
    path("", include("deals.urls")),
    path("clients/", include("clients.urls")),
    path("imports/", include("clients.import_urls")),
    path("results/", include("kpi.urls")),
    path("book/", include("playbook.urls")),
    path("night/", night.night, name="night"),
    path("night/run/", night.run, name="night_run"),
    path("me/", profile.profile, name="profile"),
    path("views/save/", home.save_view, name="save_view"),
    path("views/<int:pk>/delete/", home.delete_view, name="delete_view"),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]

handler403 = "salesdept.views.errors.forbidden"
handler404 = "salesdept.views.errors.not_found"
handler500 = "salesdept.views.errors.server_error"
