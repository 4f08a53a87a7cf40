"""A role remembers what the house took away from it. What was taken away before is read off the journal."""

from typing import Any

from django.db import migrations, models


def read_off(apps: Any, schema_editor: Any) -> None:
    roles, entries = apps.get_model("access", "Role"), apps.get_model("journal", "Entry")
    withheld: dict[int, set[str]] = {}
    seen = entries.objects.filter(code="access.role_changed", subject_type="access.role").order_by("seq")
    for subject, public in seen.values_list("subject_id", "public"):
        mine = withheld.setdefault(subject, set())
        mine.update(public["removed"])
        mine.difference_update(public["added"])
    for role in roles.objects.filter(pk__in=withheld):
        role.withheld = sorted(withheld[role.pk] - set(role.capabilities))
        role.save(update_fields=["withheld"])


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_quota"),
        ("journal", "0001_initial"),
    ]

    operations = [
        migrations.AddField(model_name="role", name="withheld", field=models.JSONField(default=list)),
        migrations.RunPython(read_off, migrations.RunPython.noop),
    ]
