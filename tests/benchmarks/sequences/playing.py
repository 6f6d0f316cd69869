"""A sequence is played in a project of its own, and every step of it judged."""

import contextlib
import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sequences import contents
from sequences.clean_runs import PARAMETERS, CleanRuns, masks, write_parameters
from sequences.judging import Finding, Seen, judge, warned_of
from sequences.steps import Change, Run, Step
from sequences.workplace import Command, Workplace

FALSE = "FALSE"
SECONDS = {"data_processing": 1.5, "teeth": 2.0, "reporting": 2.5, "comparison": 1.0}
FIELDS = {name: own for own, name in PARAMETERS.items()}
AT_WORK = "at work since"
HABITUAL = re.compile(r".* - kedro[\w.]* - INFO - (?!Running node).*\n")


@dataclass
class Outcome:
    """What came of a step.

    Attributes:
        step: As it would be written.
        words: `equal`, `refused`, `told`, `FALSE` and so on, one a command.
        reasons: Why, in words.
        printed: What was printed, if there is a reason to look at it.
    """

    step: str
    words: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    printed: str = ""


@dataclass
class Player:
    """Plays sequences one after the other.

    Attributes:
        workplace: Makes projects.
        runs: Clean runs to compare with.
        usual: Seconds that a pipeline takes, learned on the way.
    """

    workplace: Workplace
    runs: CleanRuns
    usual: dict[str, float] = field(default_factory=dict)

    def play(self, name: str, environment: str, copied: bool, steps: list[Step]) -> list[Outcome]:
        """Play a sequence and return what came of each step, and of the end."""
        project = self.workplace.place / name
        start = self.runs.start_folder(environment) if copied else None
        self.workplace.new_project(project, start)
        try:
            return list(_Sequence(self, project, environment).outcomes(steps))
        finally:
            shutil.rmtree(project, ignore_errors=True)
            for log in self.workplace.place.glob(f"{name}.*.log"):
                log.unlink()

    def takes(self, pipeline: str) -> float:
        """Return about how many seconds a pipeline takes."""
        return self.usual.get(pipeline, SECONDS.get(pipeline, 5.0))


class _Sequence:
    """A sequence that is being played."""

    def __init__(self, player: Player, project: Path, environment: str) -> None:
        self.player, self.project, self.environment = player, project, environment
        self.data = project / "data"
        self.seen = Seen()
        self.in_file: dict[str, object] = {}
        self.foreign: set[str] = set()
        self.known: dict[Finding, str] = {}  # to what it is due, or that it was told
        self.kept_scores: str | None = None

    def outcomes(self, steps: list[Step]):
        for step in steps:
            outcome = Outcome(str(step))
            if isinstance(step, Change):
                with contextlib.suppress(FileNotFoundError):
                    self.change(step)
                self.known = dict.fromkeys(self.found(), "by hand") | self.kept(self.known)
            else:
                self.command(step, outcome)
            yield outcome
        end = Outcome("(in the end)")
        end.words = sorted(set(self.known.values())) or ["all belongs together"]
        end.reasons = [f"{why}: {finding}" for finding, why in self.known.items()]
        yield end

    def found(self) -> list[Finding]:
        return judge(self.data, self.player.runs, self.seen)

    def kept(self, known: dict[Finding, str]) -> dict[Finding, str]:
        now = set(self.found())
        return {finding: why for finding, why in known.items() if finding in now}

    # What a person does to files ------------------------------------------------------------------

    def change(self, step: Change) -> None:
        place, aside = self.data / step.place, self.project / "kept"
        if step.what == "remove":
            shutil.rmtree(place) if place.is_dir() else place.unlink()
        elif step.what == "edit":
            threshold = self.data / contents.ENTRIES["decision_threshold"][0]
            content = json.loads(threshold.read_text())
            content["threshold"] = round(content["threshold"] * 0.6, 3)
            threshold.write_text(json.dumps(content))
        elif step.what == "parameters":
            self.in_file |= dict(step.parameters)
            write_parameters(self.project, self.in_file)
        elif step.what == "exchange":
            self.foreign ^= {step.place}
            foreign = step.place in self.foreign
            self.player.workplace.exchange(self.project, step.place, foreign=foreign)
            self.seen.values["foreign"].add(tuple(sorted(self.foreign)))
        elif step.what == "keep scores":
            scores = self.data / contents.ENTRIES["case_scores"][0]
            shutil.copyfile(scores, self.project / "before.csv")
        elif step.what == "keep":
            shutil.copytree(self.data, aside)
        elif step.what == "put back":
            if (aside / step.place).is_dir():
                shutil.rmtree(place, ignore_errors=True)
                shutil.copytree(aside / step.place, place)
            else:  # without the record beside it
                shutil.copy(aside / step.place, place)
        else:
            self.move(step.what)

    def move(self, how: str) -> None:
        other = self.project / "data_elsewhere"
        if how == "move":
            self.data.rename(other)
        else:
            keep: Callable[..., Any] = shutil.copy2 if how == "copy with times" else shutil.copy
            shutil.copytree(self.data, other, copy_function=keep)
            if how == "copy":  # folders too get the time of the copy
                for folder, _, _ in os.walk(other):
                    os.utime(folder)
            shutil.rmtree(self.data)
        other.rename(self.data)

    # Commands -------------------------------------------------------------------------------------

    def command(self, run: Run, outcome: Outcome) -> None:
        before, untouched = contents.marks(self.data), dict(self.known)
        given = [run, *([run.beside] if run.beside else [])]
        for one in given:
            for name, value in (self.in_file | dict(one.parameters)).items():
                if name in FIELDS:
                    self.seen.values[FIELDS[name]].add(value)
        done = self.give(run)
        after = contents.marks(self.data)
        written = {name for name in after if after[name] != before[name]}
        printed = "\n".join(command.printed() for command in done)
        for one, command in zip(given, done, strict=True):
            outcome.words.append(self.word(one, command, outcome, alone=len(given) == 1))
        succeeded = any(command.code == 0 for command in done)
        self.known = {}
        for finding in self.found():
            touched = written & {finding.entry, *finding.others}
            told = finding.names & warned_of(printed)
            if finding in untouched and not touched:
                self.known[finding] = "told" if told and succeeded else untouched[finding]
            elif succeeded and told:
                self.known[finding] = "told"
            elif succeeded:
                self.known[finding] = FALSE
                outcome.reasons.append(f"{finding}; no word of it")
            else:
                killed = any(command.code < 0 for command in done)
                self.known[finding] = "after a kill" if killed else "after an error that was told"
        new = {why for finding, why in self.known.items() if finding not in untouched}
        if "after an error that was told" in new:
            outcome.words.append("with a mixture left")
        if succeeded:
            self.look_closer(given, done, outcome)
            outcome.words += [FALSE] if outcome.reasons else (["told"] if "told" in new else [])
        if outcome.reasons:
            outcome.printed = HABITUAL.sub("", printed)

    def give(self, run: Run) -> list[Command]:
        usual = self.player.takes(run.pipeline)
        start = self.player.workplace.start
        first = start(self.project, self.words(run), run.fatal)
        done = [first]
        if run.fatal and run.fatal.moment == "time" and not first.wait(usual * run.fatal.number):
            first.kill()
        if run.beside:
            first.wait(usual * run.delay)
            done += [start(self.project, self.words(run.beside))]
        for command in done:
            command.wait()
        if first.code == 0 and not run.beside and not run.options:
            self.player.usual[run.pipeline] = 0.7 * usual + 0.3 * first.seconds
        return done

    def words(self, run: Run) -> list[str]:
        return [self.with_version(word) for word in run.words(self.environment)]

    def with_version(self, word: str) -> str:
        """Put the oldest version that there is in the place of OLD."""
        entry, _, version = word.partition(":")
        if version != "OLD":
            return word
        place = self.data / contents.ENTRIES[entry][0]
        versions = sorted(path.name for path in place.iterdir()) if place.is_dir() else []
        return f"{entry}:{versions[0] if versions else '2020-01-01T00.00.00.000Z'}"

    def word(self, run: Run, command: Command, outcome: Outcome, *, alone: bool) -> str:
        """Say how a command ended."""
        printed = command.printed()
        if command.code is None or command.code < 0:
            return "killed"
        if command.code == 0:
            if unread := self.unread(run):
                outcome.reasons.append(f"{', '.join(unread)}: read by no node of this run; no word")
            return "ended well"
        if "Traceback (most recent call last)" in printed or "Error: " not in printed:
            outcome.reasons.append("ended with a traceback")
            outcome.words.append(FALSE)
        elif alone and AT_WORK in printed:
            outcome.reasons.append("refused for the sake of another run, and there is none")
            outcome.words.append(FALSE)
        told = printed.rpartition("Error: ")[2].strip().replace("\n", " ")
        return f"refused: {told[:300]}"

    def unread(self, run: Run) -> list[str]:
        """Return the parameters of a command that no node reads that it asked for."""
        from kedro.framework.project import pipelines

        from teeth_unet.node_names import with_groups

        if "--only-missing-outputs" in run.options:
            return []  # which nodes these are depends on what was there
        option, chosen = [*run.options, "", ""][:2]
        pipeline = pipelines[run.pipeline]
        if option.endswith("nodes"):
            name = {"--nodes": "node_names"}.get(option, option[2:].replace("-", "_"))
            asked = with_groups({"pipeline": run.pipeline, name: [chosen]})
            pipeline = pipeline.filter(**{name: asked[name]})
        read = {name.removeprefix("params:") for name in pipeline.inputs()}
        blocks = [name for name, _ in run.parameters if "." in name]
        return [name for name in blocks if name.partition(".")[0] not in read]

    def look_closer(self, given: list[Run], done: list[Command], outcome: Outcome) -> None:
        """Judge what does not lie in the data folder, or is made of what a person gives."""
        for run, command in zip(given, done, strict=True):
            if command.code or len(given) > 1:
                continue
            if run.pipeline == "inference" and not run.options:
                self.look_at_masks(outcome)
            if run.pipeline == "comparison":
                self.look_at_comparison(command, outcome)

    def look_at_masks(self, outcome: Outcome) -> None:
        segmenter = contents.read(self.data).get("segmenter", "")
        recipes = self.player.runs.having("segmenter", segmenter)
        made = masks(self.project / "found")
        for recipe in sorted(recipes)[:1]:
            if made != self.player.runs.masks_of_new_xrays(recipe):
                outcome.reasons.append(f"other masks than those of a segmenter with {recipe}")

    def look_at_comparison(self, command: Command, outcome: Outcome) -> None:
        """See that no two cases were paired that share no more than their name."""
        place = self.data / "07_model_output/comparison.json"
        if not place.exists():
            return
        compared = json.loads(place.read_text())["cases"]
        tables = [self.project / "before.csv", self.data / contents.ENTRIES["case_scores"][0]]
        cases = [{row.partition(",")[0] for row in t.read_text().splitlines()[1:]} for t in tables]
        foreign = []
        for table in tables:
            content = contents.digest(table.read_bytes())
            recipes = self.player.runs.having("case_scores", content)
            foreign.append({frozenset(recipe.foreign) for recipe in recipes})
        if len(foreign[0]) == len(foreign[1]) == 1:
            (one,), (other,) = foreign
            same = (cases[0] & cases[1]) - (one ^ other)
            if compared > len(same):
                outcome.reasons.append(f"compared {compared} cases, of which {len(same)} are alike")
