"""A server of OMEN's gRPC on another stack: Debian's grpcio, with messages made from our .proto by Debian's protoc.

Usage: omen-grpc-server.py FOLDER_OF_OMEN_PB2 SERVICE. Writes one JSON object a line: the port, then what it is asked.
"""
import json
import sys
import threading
from concurrent import futures

sys.path.insert(0, sys.argv[1])
import grpc
import omen_pb2 as omen
from google.protobuf.json_format import MessageToDict


def tell(**what):
    print(json.dumps(what), flush=True)


def chunk(content=None, reason=None, calls=()):
    choice = omen.ChatChoiceDelta(index=0)
    if content is not None:
        choice.delta.content = content
    choice.delta.tool_calls.extend(calls)
    if reason is not None:
        choice.finish_reason = reason
    return omen.ChatCompletionChunk(id="c", object="chat.completion.chunk", created=1, choices=[choice])


def tool_call():
    call = omen.ToolCall(id="call_1", type="function", function=omen.Function(name="read_file"))
    call.function.parameters["path"].string_value = "größe.ts"
    call.function.parameters["lines"].list_value.extend([1, 2])
    call.function.parameters["deep"].struct_value.update({"yes": True, "no": None})
    return call


def stream(request, context):
    tell(stream=MessageToDict(request, preserving_proto_field_name=True), metadata=dict(context.invocation_metadata()))
    if request.model == "exhausted":
        context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "slow down")
    if request.model == "breaks":
        yield chunk("<completion>th")
        context.abort(grpc.StatusCode.INTERNAL, "upstream failed")
    if request.model == "hangs":
        gone = threading.Event()

        def leave():
            tell(gone=True)
            gone.set()

        # grpcio may not come back to this generator once the client has gone.
        context.add_callback(leave)
        yield chunk("<completion>th *")
        gone.wait(30)
        return
    if request.model == "tools":
        yield chunk("Größe 📐: ")
        yield chunk(calls=[tool_call()])
        yield chunk(reason="tool_calls")
        return
    for text in ("<compl", "etion>th *", " hei", "ght"):
        yield chunk(text)
    yield chunk(reason="stop")


def complete(request, context):
    message = omen.ChatMessage(role="assistant", content="whole", tool_calls=[tool_call()], tool_call_id="t")
    choice = omen.ChatChoice(index=0, message=message, finish_reason="stop")
    usage = omen.Usage(prompt_tokens=3, completion_tokens=4, total_tokens=7)
    return omen.ChatCompletionResponse(id="r", created=2**40, model=request.model, choices=[choice], usage=usage)


def list_models(request, context):
    model = omen.Model(id="qwen3-coder", provider="ollama", context_length=262144)
    model.pricing.input_per_1k = 0.25
    model.capabilities.functions = True
    return omen.ListModelsResponse(object="list", data=[model])


def health(request, context):
    return omen.HealthCheckResponse(status="healthy", version="1", providers_available=1, provider_health={"ollama": True})


def status(request, context):
    info = omen.ProviderInfo(id="ollama", name="Ollama", enabled=True, healthy=False, models_count=2, last_error="busy")
    return omen.ProviderStatusResponse(providers=[info])


def unary(behaviour, request):
    return grpc.unary_unary_rpc_method_handler(
        behaviour, request_deserializer=request.FromString, response_serializer=lambda message: message.SerializeToString()
    )


methods = {
    "ChatCompletion": unary(complete, omen.ChatCompletionRequest),
    "StreamChatCompletion": grpc.unary_stream_rpc_method_handler(
        stream,
        request_deserializer=omen.ChatCompletionRequest.FromString,
        response_serializer=lambda message: message.SerializeToString(),
    ),
    "ListModels": unary(list_models, omen.ListModelsRequest),
    "HealthCheck": unary(health, omen.HealthCheckRequest),
    "GetProviderStatus": unary(status, omen.ProviderStatusRequest),
}
server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("omen.v1." + sys.argv[2], methods),))
tell(port=server.add_insecure_port("127.0.0.1:0"))
server.start()
# Ends with the test that holds the other end.
sys.stdin.read()
server.stop(0)
