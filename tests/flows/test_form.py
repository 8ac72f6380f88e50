"""The form of each flow shows a few parameters first, then the settings that it uses, each with its meaning."""

import pytest
from prefect.utilities.callables import parameter_schema
from pydantic import ValidationError

from flows.audit import audit
from flows.form import choose
from flows.ingest import ingest
from flows.maintain import maintain
from flows.rebuild import rebuild
from flows.settings import OUTSIDE, Settings
from flows.withdraw import withdraw

FORMS = {
    ingest: (["paths", "limit", "dry_run", "settings"], {"again", "data_docs", "languages", "map", "prune", "wait"}),
    rebuild: (
        ["since", "until", "outlet", "limit", "older_than", "settings"], {"data_docs", "dry_run", "languages", "wait"}
    ),
    withdraw: (["run", "path", "since", "settings"], {"data_docs", "dry_run", "wait"}),
    audit: (["settings"], set()),
    maintain: (["settings"], {"wait"}),
}  # fmt: skip


@pytest.mark.parametrize("flow", FORMS, ids=lambda flow: flow.name)
def test_the_form_has_the_few_first_and_of_the_settings_those_that_are_used(flow):
    names, settings = FORMS[flow]
    form = parameter_schema(flow)  # as a deployment makes it
    assert sorted(form.properties, key=lambda name: form.properties[name]["position"]) == names
    [group] = form.definitions.values()
    assert group["properties"].keys() == settings | {"warehouse"} and group["additionalProperties"] is False
    assert settings <= OUTSIDE and group["title"] == "More settings"


@pytest.mark.parametrize("flow", [ingest, rebuild, withdraw], ids=lambda flow: flow.name)
def test_each_field_of_the_form_says_what_it_means(flow):
    form = parameter_schema(flow)
    fields = [*form.properties.values(), *next(iter(form.definitions.values()))["properties"].values()]
    assert all(field.get("description") for field in fields)


def test_given_options_override_the_settings_and_missing_ones_do_not():
    settings = Settings(wait=3)
    assert choose(settings, limit=None, dry_run=False) is settings
    chosen = choose(settings, limit=5, dry_run=True)
    assert (chosen.limit, chosen.dry_run, chosen.wait) == (5, True, 3)
    with pytest.raises(ValidationError, match="limit"):
        choose(Settings(prune=True), limit=5)
