using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Meridian.Api;

/// <summary>Says what is wrong with a request that cannot be read, where the framework says 400 and no more.</summary>
public sealed class UnreadableRequest : IExceptionHandler
{
    public static void AddTo(IServiceCollection services) => services.AddExceptionHandler<UnreadableRequest>()
        .Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception,
        CancellationToken cancellationToken)
    {
        if (exception is not BadHttpRequestException refused)
            return false;
        await TypedResults.Problem(DetailOf(refused), statusCode: refused.StatusCode).ExecuteAsync(httpContext);
        return true;
    }

    private static string DetailOf(BadHttpRequestException refused) => refused.InnerException is JsonException fault
        ? fault.Path is null or "$"
            ? $"the body is not the JSON that is wanted (line {fault.LineNumber + 1}, octet {fault.BytePositionInLine})"
            : $"`{fault.Path.TrimStart('$', '.')}` cannot be read{Wanted(fault)}"
        : refused.Message;

    // The framework's own words name types of the program, and end with the path.
    private static string Wanted(JsonException fault) =>
        fault.Message.Contains(" Path: ", StringComparison.Ordinal) ? "" : $": {fault.Message}";
}
