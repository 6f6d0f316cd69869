"""The addresses of the server: the page, its cases, and the network for other programs."""

import asyncio
import base64
import errno
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from teeth_unet import imaging
from teeth_unet.errors import InputError
from teeth_unet.numbering import KINDS
from teeth_unet.review.answers import (
    PICTURES,
    case_record,
    mouth_record,
    picture,
    png,
    summary_record,
)
from teeth_unet.review.guarding import Guard, Rules, TooMuchError, read_body
from teeth_unet.review.known_teeth import Edit, KnownTeeth
from teeth_unet.review.school import School
from teeth_unet.review.teaching_addresses import teaching_routes
from teeth_unet.review.workplace import ConflictError, Workplace
from teeth_unet.review.xrays import open_content
from teeth_unet.storage import OF_WRITING, is_out_of_memory
from teeth_unet.tooth_numbers import TEETH

PAGE = Path(__file__).with_name("page")

MOST_OF_XRAY = 200_000_000
"""Bytes of an X-ray that is sent; the largest that a page can show has 80 million."""

MOST_OF_EDIT = 40_000_000

FORMS = ("json", *PICTURES)
"""How the answer to an X-ray may be asked for."""

Handler = Callable[[Request], Awaitable[Response]]


def make_application(workplace: Workplace, school: School, rules: Rules) -> Guard:
    """Return the server's application.

    Args:
        workplace: The cases.
        school: What teaches the network.
        rules: Who may speak to it.
    """
    addresses = _Addresses(workplace)
    case = "/api/cases/{key:str}"
    routes = [
        Route("/", addresses.page),
        Route("/api/about", addresses.about),
        Route("/api/cases", addresses.cases),
        Route("/api/cases", addresses.add, methods=["POST"]),
        Route(case, addresses.case),
        Route(f"{case}/edits", addresses.edit, methods=["POST"]),
        Route(f"{case}/probabilities", addresses.probabilities),
        Route(f"{case}/{{picture:str}}.png", addresses.picture),
        Route("/api/segment", addresses.segment, methods=["POST"]),
        *teaching_routes(school),
        Mount("/page", StaticFiles(directory=PAGE)),
    ]
    handlers = {
        HTTPException: _refused,
        TooMuchError: _too_much,
        InputError: _unusable,
        KeyError: _unknown,
        ConflictError: _conflict,
        ValidationError: _no_edit,
        ValueError: _no_edit,
        OSError: _trouble_of_machine,
        MemoryError: _trouble_of_machine,
    }
    return Guard(Starlette(routes=routes, exception_handlers=handlers), rules)  # type: ignore[arg-type]


class _Addresses:
    """What is at each address. What takes long is done in threads."""

    def __init__(self, workplace: Workplace) -> None:
        self._work = workplace
        self._network = asyncio.Semaphore(4)  # X-rays that wait for it take memory

    async def page(self, request: Request) -> Response:
        """Show the page."""
        return FileResponse(PAGE / "index.html")

    async def about(self, request: Request) -> Response:
        """Say what the page has to know before any case."""
        proposer = self._work.proposer
        return JSONResponse(
            {
                "network": proposer.segmenter.taught_on,
                "threshold": proposer.threshold,
                "size": proposer.segmenter.settings.size,
                "kinds": KINDS[1:],
                "numbers": TEETH,
            }
        )

    async def cases(self, request: Request) -> Response:
        """List all cases, first what needs a look most."""
        # In a thread: an edit that is being written holds the lock.
        listed = await run_in_threadpool(self._work.summaries)
        return JSONResponse([summary_record(*each) for each in listed])

    async def add(self, request: Request) -> Response:
        """Take in an X-ray; its name is in the address."""
        content = await read_body(request.receive, request.headers, MOST_OF_XRAY)
        name = request.query_params.get("name", "X-ray")
        key = await run_in_threadpool(self._work.add, content, name)
        return JSONResponse({"key": key}, 201)

    async def case(self, request: Request) -> Response:
        """Return all of a case."""
        threshold = _threshold(request)
        key = request.path_params["key"]
        return await run_in_threadpool(
            lambda: JSONResponse(case_record(self._work.case(key, threshold)))
        )

    async def edit(self, request: Request) -> Response:
        """Change a case, if it still has the revision that the page knows."""
        revision = request.headers.get("if-match", "").strip('"')
        if not revision.isdecimal():
            raise HTTPException(428, "Say which revision is changed: the header If-Match.")
        content = await read_body(request.receive, request.headers, MOST_OF_EDIT)
        key = request.path_params["key"]

        def change() -> Response:
            edit = Edit.model_validate(json.loads(content))
            corrected = self._work.edit(key, int(revision), edit)
            return JSONResponse({"revision": corrected.revision, **mouth_record(corrected.mouth)})

        return await run_in_threadpool(change)

    async def probabilities(self, request: Request) -> Response:
        """Return the map of the network at its own size: a byte a pixel, 255 for 1."""
        key = request.path_params["key"]
        case = await run_in_threadpool(self._work.case, key)
        return Response(
            case.proposal.probabilities.tobytes(), media_type="application/octet-stream"
        )

    async def picture(self, request: Request) -> Response:
        """Return the X-ray, the label map or the mask of a case as PNG."""
        key, kind = request.path_params["key"], request.path_params["picture"]

        def make() -> Response:
            if kind == "xray":
                return _png(png(self._work.xray(key)))
            for each in PICTURES:
                if kind == each:
                    return _png(picture(self._work.case(key).mouth, each))
            raise HTTPException(404, "There is no such picture.")

        return await run_in_threadpool(make)

    async def segment(self, request: Request) -> Response:
        """Return the teeth of an X-ray that is sent, and keep nothing of it."""
        form = request.query_params.get("form", "json")
        if form not in FORMS:
            raise HTTPException(400, f"form: expected one of {', '.join(FORMS)}.")
        content = await read_body(request.receive, request.headers, MOST_OF_XRAY)

        def segment() -> Response:
            xray = imaging.decode_xray(open_content(content)())
            return _answer(self._work.proposer.number(xray), form)

        async with self._network:
            return await run_in_threadpool(segment)


def _answer(mouth: KnownTeeth, form: str) -> Response:
    for kind in PICTURES:
        if form == kind:
            return _png(picture(mouth, kind))
    with ThreadPoolExecutor(len(PICTURES)) as threads:
        made = dict(zip(PICTURES, threads.map(partial(picture, mouth), PICTURES), strict=True))
        record = mouth_record(mouth)
    as_text = {f"{kind}_png": base64.b64encode(made[kind]).decode() for kind in made}
    return JSONResponse({**record, **as_text})


def _png(content: bytes) -> Response:
    return Response(content, media_type="image/png")


def _threshold(request: Request) -> float | None:
    given = request.query_params.get("threshold")
    if given is None:
        return None
    try:
        threshold = float(given)
    except ValueError:
        threshold = -1
    if not 0 <= threshold <= 1:
        raise HTTPException(400, "threshold: expected a number from 0 to 1.")
    return threshold


def _said(status: int, said: str) -> Response:
    return JSONResponse({"error": said}, status)


def _refused(request: Request, failure: HTTPException) -> Response:
    return _said(failure.status_code, failure.detail)


def _too_much(request: Request, failure: TooMuchError) -> Response:
    return _said(413, str(failure))


def _unusable(request: Request, failure: InputError) -> Response:
    return _said(422, str(failure))


def _unknown(request: Request, failure: KeyError) -> Response:
    if failure.args == (request.path_params.get("key"),):
        return _said(404, "There is no such case.")
    raise failure


def _conflict(request: Request, failure: ConflictError) -> Response:
    return _said(412, "This case was changed elsewhere: in another tab, or by another person.")


def _no_edit(request: Request, failure: ValueError) -> Response:
    if request.url.path.endswith("/edits"):
        return _said(400, f"No edit of this case: {str(failure)[:500]}")
    raise failure


def _trouble_of_machine(request: Request, failure: OSError | MemoryError) -> Response:
    number = failure.errno if isinstance(failure, OSError) else None
    if number in OF_WRITING:
        full = number in (errno.ENOSPC, errno.EDQUOT)
        why = "The disk is full." if full else "The folder of corrections cannot be written."
        return _said(507, f"{why} What you drew is kept in this page until it can be saved.")
    if is_out_of_memory(failure):
        return _said(503, "There is not enough memory: close other programs.")
    return _said(500, "A file cannot be read or written. See that the drive is there.")
