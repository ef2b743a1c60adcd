from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0005_imports'),
    ]

    operations = [
        migrations.CreateModel(
            name='TouchedMonth',
            fields=[
                ('month', models.DateField(primary_key=True, serialize=False, verbose_name='month')),
            ],
            options={
                'verbose_name': 'touched month',
                'verbose_name_plural': 'touched months',
            },
        ),
    ]
