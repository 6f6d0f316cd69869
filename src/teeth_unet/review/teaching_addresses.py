"""The addresses of Teach."""

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from teeth_unet.review.answers import case_record
from teeth_unet.review.school import School


def teaching_routes(school: School) -> list[Route]:
    """Return the addresses by which a network is taught, compared and taken into use."""
    addresses = _Addresses(school)
    return [
        Route("/api/teaching", addresses.status),
        Route("/api/teaching", addresses.begin, methods=["POST"]),
        Route("/api/teaching/stop", addresses.stop, methods=["POST"]),
        Route("/api/teaching/use", addresses.use, methods=["POST"]),
        Route("/api/cases/{key:str}/compared", addresses.compared),
    ]


class _Addresses:
    def __init__(self, school: School) -> None:
        self._school = school

    async def status(self, request: Request) -> Response:
        """Say how far a training is, and what came of the last one."""
        return await self._status()

    async def begin(self, request: Request) -> Response:
        """Begin a training."""
        await run_in_threadpool(self._school.begin)
        return await self._status()

    async def stop(self, request: Request) -> Response:
        """Give up the training that is under way."""
        await run_in_threadpool(self._school.teaching.stop)
        return await self._status()

    async def use(self, request: Request) -> Response:
        """Take a network into use, by its name; without one that of the beginning."""
        await run_in_threadpool(self._school.use, request.query_params.get("name", ""))
        return await self._status()

    async def compared(self, request: Request) -> Response:
        """Return a case as the new network sees it."""
        key = request.path_params["key"]
        case = await run_in_threadpool(self._school.compared, key)
        if case is None:
            raise HTTPException(404, "There is no new network to compare with.")
        return await run_in_threadpool(lambda: JSONResponse(case_record(case)))

    async def _status(self) -> Response:
        return JSONResponse(await run_in_threadpool(self._school.status))
