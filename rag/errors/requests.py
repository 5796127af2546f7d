"""Errors of what was asked."""

from index.errors import DatelineError


class RequestError(DatelineError):
    """A request that cannot be taken as it is."""

    code = "bad_request"
    public = None


class EmptyQuestion(RequestError):
    """Nothing but white space, or no letter and no digit."""

    code = "empty_question"
    hint = "Ask something in words."


class QuestionTooLong(RequestError):
    """A question, or a turn of the history, over its limit."""

    code = "question_too_long"
    hint = "Shorten it."


class MalformedRequest(RequestError):
    """JSON that is broken, or fields that the contract does not know."""

    code = "malformed_request"
    hint = "See /openapi.json for the fields of a request."


class BodyTooLarge(RequestError):
    """A request body over its limit; it is not read to its end."""

    code = "body_too_large"
    hint = "Send less; the question's limit is in the settings."


class ArticleNotFound(RequestError):
    """An id that the index does not hold."""

    code = "article_not_found"
    hint = "GET /v1/articles lists the ids."


class UnsupportedMediaType(RequestError):
    """A body, or an uploaded file, of a kind that is not read."""

    code = "unsupported_media_type"
    hint = "Send application/json, or multipart/form-data with files of the kinds that are named."


class RouteNotFound(RequestError):
    """A path that the service does not have."""

    code = "not_found"
    hint = "See /openapi.json for the paths."


class MethodNotAllowed(RequestError):
    """A path that the service has, with a method that it has not."""

    code = "method_not_allowed"
    hint = "The Allow header names the methods of this path."


class UnsupportedParameter(RequestError):
    """Something of OpenAI's API that would be a lie to accept: tools, images, several choices."""

    code = "unsupported_parameter"
    hint = "Leave it out; /openapi.json says what is accepted."


class ModelNotFound(RequestError):
    """A model's name that the service does not serve."""

    code = "model_not_found"
    hint = "GET /v1/models lists the names."
