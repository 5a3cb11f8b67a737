"""Jobs, the queue and quotas as messages, and the work that a job announces."""

from collections.abc import Iterator, Sequence

from bot.following import Work, job, stage_in_words, work_behind
from bot.frontend import Button, Message
from bot.presenters.actions import open_a_round, rows
from bot.presenters.anything import present
from bot.presenters.candidates import pictures_in_words, shown
from bot.presenters.traits import in_common, traits
from bot.presenters.verdicts import standing, why_not
from bot.scene import Scene
from tools.generation.briefs import JobOut
from tools.generation.candidates import CandidateOut
from tools.generation.jobs import JobStatus
from tools.generation.quotas import QuotaOut
from tools.generation.waiting import UNFINISHED, QueuedOut, QueueOut
from tools.people import Role
from tools.phrases import phrase

_MOST_CANCELS = 20  # buttons below the queue


@work_behind.register
def _(output: JobOut) -> Work:
    one = phrase("Making one picture")
    many = phrase("Making {count} pictures", count=output.count)
    return job(output.job_id, one if output.count == 1 else many)


@work_behind.register
def _(output: JobStatus) -> Work | None:
    if output.state not in UNFINISHED:
        return None
    return job(output.job_id, phrase("Making pictures"))


@present.register
def _(output: JobOut, scene: Scene) -> Message:
    """A job that was taken on: what was understood, when it will be done, how to call it off."""
    return Message(
        "\n".join([" ".join(_taken_on(output, scene)), *map(scene.words.again, output.notes)]),
        title=scene.count(
            "Making {n} picture for {collection}",
            "Making {n} pictures for {collection}",
            output.count,
            collection=output.collection,
        ),
        buttons=scene.buttons(_cancel(scene.say("Cancel"), output.job_id)),
    )


@present.register
def _(output: JobStatus, scene: Scene) -> Message:
    """Where a job stands; when it is done, its pictures."""
    if output.state == "failed":
        return _failed(output, scene)
    if output.state != "done":
        return _unfinished(output, scene)
    return Message(
        "\n".join(_finished(output.candidates, scene)),
        title=_credit(output.candidates, scene),
        pictures=shown(output.candidates, scene),
        buttons=(*rows(output.candidates, scene), *open_a_round(scene)),
        tone="good",
    )


@present.register
def _(output: QueueOut, scene: Scene) -> Message:
    """Who waits for what, and how long."""
    lines = [_line(queued, scene) for queued in output.jobs]
    if output.elsewhere:
        lines.append(
            scene.count(
                "{n} job of another community is made by the same machines.",
                "{n} jobs of other communities are made by the same machines.",
                output.elsewhere,
            )
        )
    if not lines:
        return Message(scene.say("Nobody waits: the next pictures are begun at once."))
    mine = [queued for queued in output.jobs if queued.yours or _is_operator(scene)]
    cancels = [
        _cancel(scene.say("Cancel {job}", job=queued.job_id), queued.job_id)
        for queued in mine[:_MOST_CANCELS]
    ]
    return Message("\n".join(lines), title=scene.say("Queue"), buttons=scene.buttons(*cancels))


@present.register
def _(output: QuotaOut, scene: Scene) -> Message:
    """What may still be asked for."""
    told = scene.count(
        "You may ask for {n} more picture today.",
        "You may ask for {n} more pictures today.",
        output.left,
    )
    facts = (
        (
            scene.say("today"),
            scene.say("{used} of {most} pictures", used=output.used_today, most=output.per_day),
        ),
        (
            scene.say("at once"),
            scene.say("{running} of {most} jobs", running=output.running, most=output.parallel),
        ),
        (scene.say("counted anew"), scene.words.moment(output.resets_at)),
        (scene.say("role"), scene.words.word(output.role)),
    )
    return Message(
        told,
        title=scene.say("Your quota"),
        facts=facts,
        buttons=scene.buttons(Button(scene.say("Queue"), "queue")),
    )


def duration(seconds: int, scene: Scene) -> str:
    """A time as people tell it: seconds below two minutes, minutes from there on."""
    if seconds < 120:
        return scene.count("{n} second", "{n} seconds", max(1, seconds))
    return scene.count("{n} minute", "{n} minutes", round(seconds / 60))


def _taken_on(output: JobOut, scene: Scene) -> Iterator[str]:
    if output.position > 1:
        yield scene.say(
            "Job {job}, number {position} in the queue.",
            job=output.job_id,
            position=output.position,
        )
    else:
        yield scene.say("Job {job}.", job=output.job_id)
    if output.parent_id:
        yield scene.say("From the picture {parent}.", parent=output.parent_id)
    if output.style:
        yield scene.say("In the style {style}.", style=output.style)
    if output.traits:
        yield scene.say("Asked for: {traits}.", traits=traits(output.traits))
    if output.eta_s is not None:
        yield scene.say("Done in about {time}.", time=duration(output.eta_s, scene))


def _failed(output: JobStatus, scene: Scene) -> Message:
    why = scene.words.again(output.error)
    return Message(
        scene.say("Job {job} failed. {why}", job=output.job_id, why=why).strip(), tone="error"
    )


def _unfinished(output: JobStatus, scene: Scene) -> Message:
    text = scene.say(
        "Job {job} is {state}: {stage}.",
        job=output.job_id,
        state=scene.words.word(output.state),
        stage=stage_in_words(output.stage, scene.words),
    )
    is_over = output.state not in UNFINISHED
    is_mine = output.creator_id == scene.actor.person_id or _is_operator(scene)
    cancel = () if is_over or not is_mine else (_cancel(scene.say("Cancel"), output.job_id),)
    return Message(text, pictures=shown(output.candidates, scene), buttons=scene.buttons(*cancel))


def _credit(candidates: Sequence[CandidateOut], scene: Scene) -> str:
    """How many pictures, and whose."""
    if not candidates:
        return scene.say("No pictures")
    return scene.count(
        "{n} picture by {creator}",
        "{n} pictures by {creator}",
        len(candidates),
        creator=candidates[0].creator,
    )


def _finished(candidates: Sequence[CandidateOut], scene: Scene) -> Iterator[str]:
    """What they show, how many go to people, and why the others do not."""
    if not candidates:
        return
    yield in_common(candidates, scene)
    if len(candidates) == 1:
        yield standing(candidates[0], scene)
        return
    chosen = sum(candidate.verdict == "shortlisted" for candidate in candidates)
    if chosen == len(candidates):
        yield scene.say("All of them are on the shortlist.")
        return
    yield scene.say("{chosen} of {all} are on the shortlist.", chosen=chosen, all=len(candidates))
    yield from _left_out(candidates, scene)


def _left_out(candidates: Sequence[CandidateOut], scene: Scene) -> Iterator[str]:
    """Why a picture is not on the shortlist; nothing of those that only were not among the best."""
    for number, candidate in enumerate(candidates, 1):
        if candidate.verdict in ("rejected", "broken") and candidate.reasons:
            why = "; ".join(why_not(candidate, scene)).rstrip(".")
            yield scene.say("Not {number}: {why}.", number=number, why=why)


def _line(queued: QueuedOut, scene: Scene) -> str:
    pictures = pictures_in_words(queued.count, scene)
    who = scene.say("you") if queued.yours else queued.creator
    if queued.position:
        head = scene.say(
            "{position}. {job}: {pictures} for {who}",
            position=queued.position,
            job=queued.job_id,
            pictures=pictures,
            who=who,
        )
    else:
        head = scene.say(
            "▶ {job}: {pictures} for {who}, {percent} %",
            job=queued.job_id,
            pictures=pictures,
            who=who,
            percent=queued.progress // 10,
        )
    if queued.eta_s is None:
        return head
    return scene.say("{job}, done in about {time}", job=head, time=duration(queued.eta_s, scene))


def _cancel(label: str, job_id: str) -> Button:
    return Button(label, "cancel_job", {"job_id": job_id}, kind="danger")


def _is_operator(scene: Scene) -> bool:
    return scene.role is not None and scene.role.reaches(Role.OPERATOR)
