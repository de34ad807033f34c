"""Errors as RFC 9457 problem details: the only place where a domain error becomes an HTTP response."""

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from pymongo.errors import PyMongoError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from common import errors
from common.mongo import is_outage

log = structlog.get_logger("http")

STATUS: dict[type[errors.HelpdeskError], int] = {
    errors.MalformedRequest: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.VersionConflict: 409,
    errors.PreconditionFailed: 412,
    errors.PayloadTooLarge: 413,
    errors.Unprocessable: 422,
    errors.TooManyRequests: 429,
    errors.Unavailable: 503,
}

_CODES = {400: "malformed_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}


class FieldProblem(BaseModel):
    field: str
    message: str


class Problem(BaseModel):
    """The body of every error, `application/problem+json` (RFC 9457). `code` is stable; `detail` is for people."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    errors: list[FieldProblem] | None = None


def problem_response(
    request: Request, status: int, code: str, detail: str, headers: dict[str, str] | None = None, **extra: Any
) -> Response:
    body = {
        "type": f"urn:helpdesk:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
        "code": code,
        "request_id": request.scope.get("state", {}).get("request_id", ""),
        **extra,
    }
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def install_handlers(app: FastAPI) -> None:

    @app.exception_handler(errors.HelpdeskError)
    def _domain(request: Request, error: errors.HelpdeskError) -> Response:
        status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
        headers: dict[str, str] = {}
        extra = dict(error.extra)
        match error:
            case errors.Unauthenticated():
                headers["WWW-Authenticate"] = "Bearer"
            case errors.TooManyRequests():
                retry_after = str(error.retry_after)
                headers |= {"Retry-After": retry_after, "RateLimit-Reset": retry_after}
                headers |= {"RateLimit-Limit": str(error.limit), "RateLimit-Remaining": "0"}
            case errors.Unavailable():
                headers["Retry-After"] = str(error.retry_after)
            case errors.Unprocessable():
                extra["errors"] = [{"field": wrong.field, "message": wrong.message} for wrong in error.errors]
        return problem_response(request, status, error.slug, error.detail, headers, **extra)

    @app.exception_handler(RequestValidationError)
    def _validation(request: Request, error: RequestValidationError) -> Response:
        if any(found["type"] == "json_invalid" for found in error.errors()):
            return problem_response(request, 400, "malformed_json", "The body is not valid JSON.")
        wrong = [
            {"field": _field(found["loc"]), "message": found["msg"].removeprefix("Value error, ")}
            for found in error.errors()
        ]
        names = ", ".join(dict.fromkeys(each["field"] for each in wrong))
        return problem_response(request, 422, "invalid", f"Invalid fields: {names}.", errors=wrong)

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        code = _CODES.get(error.status_code, "http_error")
        headers = dict(error.headers) if error.headers else None
        return problem_response(request, error.status_code, code, str(error.detail), headers)

    @app.exception_handler(PyMongoError)
    def _database(request: Request, error: PyMongoError) -> Response:
        if not is_outage(error):
            return unexpected(request, error)
        log.warning("database away", reason=str(error))
        detail = "The database cannot be reached. Your change may not have been saved; try again."
        return _domain(request, errors.Unavailable(detail))


def unexpected(request: Request, error: BaseException) -> Response:
    """An error of ours: logged in full, answered without internals."""
    log.error("request failed", exc_info=error)
    return problem_response(request, 500, "internal_error", "Something went wrong. The error has been logged.")


def _field(location: tuple[int | str, ...]) -> str:
    parts = [str(part) for part in location if part not in ("body", "query", "path", "header")]
    return ".".join(parts) or "body"
