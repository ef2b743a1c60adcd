"""The book as it stands in the files: typology, and regulations in force."""

from django.db import migrations

from playbook.loader import load


def load_book(apps, schema_editor):
    load(apps)


class Migration(migrations.Migration):

    dependencies = [("playbook", "0001_initial")]

    operations = [migrations.RunPython(load_book, migrations.RunPython.noop)]
