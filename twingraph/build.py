"""The main job: read, merge, map, check, write a release."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from filecmp import cmp
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from twingraph import resources
from twingraph.errors import DataError
from twingraph.identifiers import Ref
from twingraph.model import merge, project_identity
from twingraph.model.joint_projects import with_joint_projects
from twingraph.model.records import Authority, Dataset, Origin, View
from twingraph.quality.history import earlier
from twingraph.quality.report import Quality, assess
from twingraph.rdf.terms import Description
from twingraph.release.catalogue import write_catalogue
from twingraph.release.content import Content
from twingraph.release.dataset_guard import RENAMED, refuse_another_dataset
from twingraph.release.documents import DOCUMENTS, write_documents
from twingraph.release.exporter import Observer
from twingraph.release.exports import left_out, written_exports
from twingraph.release.files import File
from twingraph.release.history import PastRelease, ReleaseEntry, current, whole
from twingraph.release.identity import follow
from twingraph.release.line import clear
from twingraph.release.loss_guard import USUAL, Allowed, guard
from twingraph.release.measures import measures
from twingraph.release.pages.editions import write_style
from twingraph.release.pages.landing import write_landing
from twingraph.release.pages.quality_page import write_quality
from twingraph.release.parallel import without_collector
from twingraph.release.publish import publish, staging
from twingraph.release.research_metadata import write_research_metadata
from twingraph.release.shacl_reports import write_shacl_reports
from twingraph.release.signing import SIGNATURE, sign
from twingraph.release.takedown import Takedown, takedown
from twingraph.release.version_naming import Describe, seal_again, seal_release
from twingraph.release.void import Statistics, write_void
from twingraph.shacl import shapes
from twingraph.shacl.check import Check
from twingraph.shacl.report import ValidationReport
from twingraph.sources.curated import folder as curated
from twingraph.sources.curated.doubts import Doubt, doubts
from twingraph.sources.curated.format import schema_texts
from twingraph.sources.curated.redirects import REDIRECTS, redirected, unwritten
from twingraph.sources.wikidata.known import CuratedKeys, rekey

Progress = Callable[[str], None]
"""Told what is being done, one line at a time."""


@dataclass(frozen=True)
class Built:
    """What a build made: where it is, and what it holds."""

    out: Path
    view: View
    report: ValidationReport

    def summary(self) -> str:
        """A few lines for the person who ran the build."""
        counts = ", ".join(
            f"{len(records)} {record_class.__name__}"
            for record_class, records in self.view.things.items()
            if records
        )
        files = "\n".join(f"  {_size(path)}  {path.name}" for path in sorted(self.out.iterdir()))
        return (
            f"{self.out}: version {self.view.dataset.version}, "
            f"{len(self.view.claims)} sources\n  {counts}\n"
            f"  {len(self.report.warnings)} warnings, "
            f"{sum(not d.fits for d in self.view.disagreements)} conflicts between sources\n{files}"
        )


@without_collector()
def build(
    data: Path,
    out: Path,
    progress: Progress = lambda _: None,
    *,
    after: Path | None = None,
    allowed: Allowed = USUAL,
    sign_with: Path | None = None,
    day: str | None = None,
    documents: bool = False,
    forget: Collection[str] = (),
) -> Built:
    """Build a release of a data folder and make it the current one at `out`.

    It follows the release that is current there, or else the one in the folder `after`; what that
    one had and the data has no more is published as gone. `sign_with` is an SSH key that the
    release's checksums are signed with, `day` (YYYY-MM-DD) the day of the build, where it is to be
    told; `documents` writes one for each thing (`release.documents`). The sources of `forget`
    (`source/KEY`) are taken down, as those of earlier calls are (see `release.takedown`).

    Raises DataError (all faults of the data), CheckFailed (all violations of the shapes),
    LossRefused (more would be gone than is `allowed`) and UsageError (a folder that cannot be read
    or written, a release before that is broken, or of another dataset, a source to take
    down that it does not have); then nothing is published.
    """
    view = read_view(data, progress)
    with staging(out) as folder:
        before = current(out) if after is None else whole(after)
        if before is not None and RENAMED not in allowed.accepted:
            refuse_another_dataset(view.dataset, before, out)
        taken = takedown(view.dataset.base, out, before, forget)
        if left := sorted(view.sources.keys() & set(taken.sources)):
            # Read again, and merged, as if they were not there.
            view = read_view(data, progress, left)
            progress(f"left out, since taken down: {', '.join(left)} (delete them from {data})")
        view = _following(view, before, taken, allowed, progress)
        report, described, files = _write_content(folder, view, before, progress, documents)
        name = seal_release(folder, view, before, described, day, taken, files)
        if sign_with is not None:
            sign(folder, sign_with)
        kept = publish(folder, out, name)
        for swept in taken.sweep():
            progress(f"removed {swept}, which holds what is taken down")
        for gone in clear(PastRelease.read(kept), view.dataset, kept.parent):
            progress(f"{gone} is kept no longer")
    _tell_gone(data, view, before, progress)
    progress(_told(out, name, before))
    return Built(out, view, report)


def remade_faults(release: Path, data: Path, progress: Progress = lambda _: None) -> Iterator[str]:
    """Where a release differs from what its data gives: all of it is made again, and compared.

    What is said of the release before is made again where that is kept beside it. Raises DataError
    and CheckFailed for data that gives no release, UsageError for what cannot be read.
    """
    made = PastRelease.read(release)
    view = follow(read_view(data, progress, made.forgotten), release).view
    with TemporaryDirectory() as place:
        folder = Path(place)
        documents = (release / DOCUMENTS).is_dir()
        _, described, files = _write_content(folder, view, made, progress, documents)
        name = seal_again(folder, view, made, described, files)
        if name != made.entry.name:
            yield f"release.json: names the release {made.entry.name}, its data gives {name}"
        names = {
            path.relative_to(root).as_posix()
            for root in (folder, release)
            for path in root.rglob("*")
            if path.is_file() and path.name != SIGNATURE
        }
        for file in sorted(names):
            made_again, there = folder / file, release / file
            if not made_again.is_file():
                yield f"{file}: is nothing that the data gives"
            elif there.is_file() and not cmp(made_again, there, shallow=False):
                yield f"{file}: is not what the data gives"


@without_collector()
def _write_content(
    folder: Path,
    view: View,
    before: PastRelease | None,
    progress: Progress,
    documents: bool = False,
) -> tuple[ValidationReport, Describe, Sequence[File]]:
    """Write what a view gives into a folder, and check it. Returns what describes the files, and
    those that are offered."""
    content, checking, counted = Content(view), Check(_shapes(view)), Statistics()

    def observe(descriptions: Sequence[Description]) -> None:
        checking.add(descriptions)
        counted.add_all(descriptions)

    with write(folder, content, progress, observe) as files:
        report = _report(view, checking, progress)
        report.raise_for_violations()
        write_shacl_reports(folder, report, content.base, view.dataset.download_base)
        past = earlier(before.folder, view.dataset) if before else ()
        quality = assess(view, report, past)
    if documents:
        progress("writing a document for each thing")
        write_documents(folder, content)
    described = partial(describe, folder, content, files, quality, progress, counted=counted)
    return report, described, files


def _following(
    view: View,
    before: PastRelease | None,
    taken: Takedown,
    allowed: Allowed,
    progress: Progress,
) -> View:
    if before is None:
        return view
    followed = follow(view, before.folder)
    accepted = {*allowed.accepted, *taken.accepted}
    for name in guard(followed, before.entry.name, replace(allowed, accepted=accepted)):
        if name in allowed.accepted and name != RENAMED:
            progress(
                f"nothing called {name} is lost: --accept-loss {name} is not needed (any more)"
            )
    return taken.without_names(followed.view)


def _tell_gone(data: Path, view: View, before: PastRelease | None, progress: Progress) -> None:
    """Tell what a build from the data alone would not know to be gone."""
    if before is None:
        number = len(view.gone)
        progress(
            f"it follows no release: what is gone is known from redirects.csv alone ({number})"
        )
    elif missing := unwritten(data, view):
        progress(
            f"{len(missing)} things are gone that {data / REDIRECTS} does not name: a build "
            "without this release would forget them; `twingraph gone --write` writes them down"
        )


def _told(out: Path, name: str, before: PastRelease | None) -> str:
    if before is not None and before.entry.name == name:
        return f"{out} is as it was: nothing has changed since {name}"
    return f"published {name} as {out}"


@without_collector()
def read_view(
    data: Path,
    progress: Progress = lambda _: None,
    without: Collection[str] = (),
    *,
    harvested: bool = True,
) -> View:
    """Read a data folder and merge its sources, but for those of the keys `without`; its harvests
    only if they are wanted.

    Raises DataError, UsageError.
    """
    progress(f"reading {data}")
    return _merged(curated.read(data, harvested=harvested), without, progress)


def _merged(read: curated.Curated, without: Collection[str], progress: Progress) -> View:
    brought, written = (
        [claims for claims in one if claims.source.key not in without]
        for one in (read.harvested, read.claims)
    )
    minted = (r for c in brought for r in c.records if isinstance(r, Authority) and r.key[0] != "Q")
    curated_records = (record for claims in written for record in claims.records)
    known = CuratedKeys.of((*curated_records, *minted))
    claims = [*written, *(rekey(harvested, known) for harvested in brought)]
    progress(f"merging {len(claims)} sources")
    view = merge.merge(read.dataset, project_identity.joined(claims))
    view = with_joint_projects(view)
    return replace(view, gone=redirected(view, read.redirects))


def origins(view: View) -> dict[str, list[Origin]]:
    """Where in the data each thing is stated, by the thing's IRI."""
    found: dict[str, list[Origin]] = {}
    for claims in view.claims:
        for ref, origin in claims.origins.items():
            found.setdefault(Ref(*ref).iri(view.dataset.base), []).append(origin)
    return found


@without_collector()
def check_view(view: View, progress: Progress = lambda _: None) -> ValidationReport:
    """Check a merged view against the shapes, and publish nothing."""
    checking = Check(_shapes(view))
    checking.add(Content(view).default())
    return _report(view, checking, progress)


@dataclass(frozen=True)
class CheckResult:
    """What a check of the data found: the verdict of the shapes, and what is doubtful."""

    view: View
    report: ValidationReport
    doubts: tuple[Doubt, ...] = ()


def check_data(
    data: Path, today: date, progress: Progress = lambda _: None, only: Lines | None = None
) -> CheckResult:
    """Check a data folder, and publish nothing.

    With `only`, tell what concerns some files, or some lines of them; harvests are not read then,
    which takes most of the time. Raises DataError (of those files alone, if they have any fault of
    their own) and UsageError.
    """
    progress(f"reading {data}")
    try:
        read = curated.read(data, harvested=only is None)
    except DataError as error:
        raise error if only is None else _of_lines(error, only) from None
    # Of two that may be one, the later is told of: that is the one which is asked for.
    entries = sorted(read.entries, key=lambda one: only is not None and only.has(one.origin))
    found = tuple(doubts(entries, read.stated, today))
    if only is None:
        view = _merged(read, (), progress)
        return CheckResult(view, check_view(view, progress), found)
    view = merge.merge(read.dataset, project_identity.joined(read.claims))
    report = check_view(view, progress)
    here = tuple(r for r in report.results if any(only.has(o) for o in report.where(r)))
    of_files = tuple(
        d for d in found if only.has(Origin(d.file, d.line)) or (d.also and only.has(d.also))
    )
    return CheckResult(view, replace(report, results=here), of_files)


@dataclass(frozen=True)
class Lines:
    """Some files of the data, or some lines of a file (None: all of them)."""

    files: Mapping[Path, Collection[int] | None]

    def has(self, origin: Origin) -> bool:
        """Whether a place lies in them."""
        path = _resolved(origin.file)
        if path not in self.files:
            return False
        lines = self.files[path]
        return lines is None or origin.line is None or origin.line in lines


@lru_cache(maxsize=1 << 10)
def _resolved(file: str) -> Path:
    return Path(file).resolve()


def _of_lines(error: DataError, only: Lines) -> DataError:
    own = [p for p in error.problems if only.has(Origin(p.file, p.line))]
    return DataError(own) if own else error


def _shapes(view: View) -> shapes.Shapes:
    return shapes.load(resources.folder("shapes"), view.dataset.base)


def _report(view: View, checking: Check, progress: Progress) -> ValidationReport:
    progress("checking the graph against the shapes")
    iri = f"{view.dataset.base}shacl-report"
    return checking.report(Content(view).default, origins(view), iri)


@contextmanager
def write(
    folder: Path, content: Content, progress: Progress, observer: Observer | None = None
) -> Iterator[Sequence[File]]:
    """Write into a folder all that a release holds, but not what is found of it or describes it.

    The block begins when the `observer` has been told the descriptions of the default graph; when
    it ends all is written, and the list has the files that are offered (see `written_exports`).
    """
    if missing := left_out():
        progress(missing)
    write_rules(folder)
    with written_exports(folder, content, lambda n: progress(f"writing {n}"), observer) as files:
        yield files


def write_rules(folder: Path) -> None:
    """Write what the content is made by: the ontology, the shapes, the form of source files."""
    for name in ("ontology", "shapes"):
        shutil.copytree(resources.folder(name), folder / name, copy_function=shutil.copyfile)
    for name, text in schema_texts().items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def describe(
    folder: Path,
    content: Content,
    files: Sequence[File],
    quality: Quality,
    progress: Progress,
    before: Sequence[ReleaseEntry] = (),
    about: Dataset | None = None,
    counted: Statistics | None = None,
) -> None:
    """Write what describes the `files` that a release offers: they must be there already.

    `before` are the releases before this one, oldest first; `about` is the dataset with the
    release's own version and day; `counted` are the counts of the content, if they are known
    already.
    """
    view = content.view if about is None else replace(content.view, dataset=about)
    progress("describing the files for portals and people")
    write_void(folder, content, files, counted)
    write_quality(folder, quality)
    write_catalogue(folder, view, files, list(measures(quality)), before)
    write_research_metadata(folder, view, files, before)
    write_landing(folder, view, files)
    write_style(folder)


def _size(path: Path) -> str:
    total = sum(p.stat().st_size for p in path.rglob("*")) if path.is_dir() else path.stat().st_size
    return f"{total / 1000:9,.1f} kB"
