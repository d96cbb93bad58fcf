"""A page of metrics in the eyes of Prometheus' own Python client, and of rules that it lets pass."""
import math
import sys

from common import equal, skip

# Debian's package is in pure Python: it serves any other Python here as well.
sys.path.append("/usr/lib/python3/dist-packages")
try:
    from prometheus_client.parser import text_string_to_metric_families
except ImportError:
    skip("python3-prometheus-client is not installed")


def families_of(page):
    """Families by name, with their samples, once the page has kept to every rule."""
    equal("the page ends with a line end", page[-1:], "\n")
    families = list(text_string_to_metric_families(page))
    names = [family.name for family in families]
    equal("families are there once", sorted(names), sorted(set(names)))
    for family in families:
        check_family(family)
    return {family.name: family for family in families}


def check_family(family):
    equal(f"prefix of {family.name}", family.name[:7], "heptap_")
    equal(f"{family.name} has a HELP", bool(family.documentation.strip()), True)
    equal(f"{family.name} has a TYPE", family.type in ("counter", "gauge", "histogram"), True)
    equal(f"{family.name} has samples", bool(family.samples), True)
    series = [(s.name, tuple(sorted(s.labels.items()))) for s in family.samples]
    equal(f"series of {family.name} are there once", len(series), len(set(series)))
    for sample in family.samples:
        check_sample(family, sample)
    if family.type == "histogram":
        check_histogram(family)


def check_sample(family, sample):
    equal(f"{sample} is a number", math.isfinite(sample.value), True)
    if family.type == "counter":
        equal(f"{sample} is a total", sample.name, family.name + "_total")
        equal(f"{sample} is a count", sample.value >= 0 and sample.value.is_integer(), True)


def check_histogram(family):
    for owner in {tuple(sorted(without_bound(s).items())) for s in family.samples}:
        check_buckets(family, dict(owner))


def without_bound(sample):
    return {name: text for name, text in sample.labels.items() if name != "le"}


def check_buckets(family, owner):
    buckets = [s for s in family.samples
               if s.name == family.name + "_bucket" and without_bound(s) == owner]
    counts = [s.value for s in buckets]
    equal(f"{family.name} of {owner} grows from bucket to bucket", counts, sorted(counts))
    equal(f"the last bucket of {family.name}", buckets[-1].labels["le"], "+Inf")
    equal(f"the count of {family.name}", value(family, family.name + "_count", **owner), counts[-1])


def value(family, name=None, **labels):
    """The one sample with this name, which is the family's if none is given, and these labels."""
    name = name or family.name + ("_total" if family.type == "counter" else "")
    found = [s.value for s in family.samples if s.name == name and s.labels == labels]
    equal(f"samples of {name} with {labels}", len(found), 1)
    return found[0]


def add_up(families, prefix, unit="", left="left", dropped="dropped"):
    """Each stage's numbers must make its difference 0."""
    def values(word):
        family = families[f"heptap_{prefix}_{word}{unit}"]
        return {s.labels[prefix]: s.value for s in family.samples}
    parts = [values(word) for word in (left, "absorbed", dropped, "held")]
    for stage, entered in values("entered").items():
        equal(f"what is left of {stage}", entered - sum(part[stage] for part in parts), 0)
        equal(f"difference of {stage}", values("difference")[stage], 0)
