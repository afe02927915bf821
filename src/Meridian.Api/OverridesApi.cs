using Meridian.Api.Contracts;
using Meridian.Model.Values;
using Meridian.Model.Verdicts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Meridian.Api;

/// <summary>The overrides: <c>/api/v1/overrides</c>.</summary>
public static class OverridesApi
{
    private const int MaxReason = 500;
    private const int MaxAuthor = 100;

    // Ten years.
    private static readonly TimeSpan MaxLength = TimeSpan.FromDays(3650);

    public static void MapOverrides(this IEndpointRouteBuilder routes, IOverrides overrides, TimeProvider time)
    {
        var api = routes.MapGroup("/api/v1/overrides");
        api.MapGet("", () => overrides.Current).WithSummary("The overrides that stand at this node");
        api.MapPost("", (OverrideRequest request) => SetAsync(overrides, time, request))
            .WithSummary("Set an override; this node alone goes by it");
        api.MapDelete("", (string target, string author, bool force = false) =>
            ClearAsync(overrides, target, author, force))
            .WithSummary("Clear an override of this node");
    }

    private static async Task<Results<Ok<OverrideResult>, ProblemHttpResult>> SetAsync(IOverrides overrides,
        TimeProvider time, OverrideRequest request)
    {
        if (!OverrideTarget.TryParse(request.Target, out var target, out var error))
            return Problems.BadRequest(error);
        if (FaultOf(request) is { } fault)
            return Problems.BadRequest(fault);
        var now = time.GetUtcNow();
        var value = new Override(target, request.State, request.Author, request.Reason, now,
            request.Seconds is { } seconds ? now.AddSeconds(seconds) : null);
        var forecast = overrides.ForecastSetting(value);
        if (forecast.Known is { } known)
            return Problems.NotFound($"nothing is called `{target}`{Suggestion.For(target.Text, known)}");
        if (!request.Force && Refuse(forecast) is { } refusal)
            return refusal;
        var outcome = await overrides.SetAsync(value);
        return outcome.StoreFault is { } notStored
            ? Problems.Unavailable("Not stored",
                $"the override cannot be stored and is not in force: {notStored}")
            : TypedResults.Ok(new OverrideResult(OverrideDocument.Of(value), outcome.Matched));
    }

    private static string? FaultOf(OverrideRequest request) =>
        string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > MaxReason
        ? $"the reason must have 1 to {MaxReason} characters"
        : string.IsNullOrWhiteSpace(request.Author) || request.Author.Length > MaxAuthor
        ? $"the author must have 1 to {MaxAuthor} characters"
        : request.Seconds is { } seconds && !(seconds > 0 && seconds <= MaxLength.TotalSeconds)
        ? "the duration must be above zero and at most ten years"
        : null;

    private static ProblemHttpResult? Refuse(OverrideForecast forecast) => forecast.Emptied.IsEmpty ? null
        : Problems.Conflict("Nothing left to serve",
            $"it would leave nothing to serve: {string.Join("; ", forecast.Emptied)}; say --force (force in the API) "
            + "if that is meant");

    private static async Task<Results<NoContent, ProblemHttpResult>> ClearAsync(IOverrides overrides, string target,
        string author, bool force)
    {
        if (!OverrideTarget.TryParse(target, out var parsed, out var error))
            return Problems.BadRequest(error);
        if (!force && Refuse(overrides.ForecastClearing(parsed)) is { } refusal)
            return refusal;
        var outcome = await overrides.ClearAsync(parsed, author);
        if (outcome is null)
            return Problems.NotFound(
                $"there is no override on {target}{Suggestion.For(target, overrides.Current.Select(o => o.Target))}");
        return outcome.StoreFault is { } notStored
            ? Problems.Unavailable("Not stored",
                $"that the override is cleared cannot be stored, and it stays in force: {notStored}")
            : TypedResults.NoContent();
    }
}
