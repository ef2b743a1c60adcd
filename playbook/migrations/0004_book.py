"""The book as it stands in the files, in force."""

from django.db import migrations

from playbook.loader import load


def load_book(apps, schema_editor):
    load(apps)


class Migration(migrations.Migration):

    dependencies = [("playbook", "0003_book_people_training")]

    operations = [migrations.RunPython(load_book, migrations.RunPython.noop)]
