"""Scripts of calls and answers to objections, for bases whose book was loaded before it had them."""

from django.db import migrations

from playbook.loader import load_scripts


def load(apps, schema_editor):
    load_scripts(apps)


class Migration(migrations.Migration):

    dependencies = [("playbook", "0002_book")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
