using Meridian.Addresses;
using Meridian.Api.Contracts;
using Meridian.Model.Verdicts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Meridian.Api;

/// <summary>The overrides: <c>/api/v1/overrides</c>.</summary>
public static class OverridesApi
{
    // Nodes that disagree for longer would be worse than the fault that the override was set for.
    private static readonly TimeSpan LongestLocal = TimeSpan.FromHours(1);

    public static void MapOverrides(this IEndpointRouteBuilder routes, IOverrides overrides, TimeProvider time)
    {
        var api = routes.MapGroup("/api/v1/overrides");
        api.MapGet("", () => overrides.Current).WithSummary("The overrides that stand");
        api.MapPost("", (OverrideRequest request) => SetAsync(overrides, time, request))
            .WithSummary("Set an override, on all nodes that share a store with this one");
        api.MapDelete("", (string target, string author, bool force = false) =>
            ClearAsync(overrides, target, author, force))
            .WithSummary("Clear an override, on all nodes that share a store with this one");
    }

    private static async Task<Results<Ok<OverrideResult>, ProblemHttpResult>> SetAsync(IOverrides overrides,
        TimeProvider time, OverrideRequest request)
    {
        if (!OverrideTarget.TryParse(request.Target, out var target, out var error))
            return Problems.BadRequest(error);
        if (Decision.FaultOf(request.Author, request.Reason, request.Seconds) is { } fault)
            return Problems.BadRequest(fault);
        if (request.Local && RefuseLocal(overrides, request) is { } notLocal)
            return notLocal;
        var now = time.GetUtcNow();
        var seconds = request.Seconds ?? (request.Local ? LongestLocal.TotalSeconds : null);
        var value = new Override(target, request.State, request.Author, request.Reason, now,
            seconds is { } length ? now.AddSeconds(length) : null)
        { IsLocal = request.Local };
        var forecast = overrides.ForecastSetting(value);
        if (forecast.Known is { } known)
            return Problems.NotFound($"nothing is called `{target}`{Suggestion.For(target.Text, known)}");
        if (!request.Force && Refuse(forecast) is { } refusal)
            return refusal;
        var outcome = await overrides.SetAsync(value);
        return outcome.StoreFault is { } notStored
            ? Problems.Unavailable("Not stored", $"the override cannot be stored and is not in force: {notStored}"
                + (overrides.IsShared == false && !request.Local
                    ? "; --local (local in the API) sets it at this node alone, for an hour at most" : ""))
            : TypedResults.Ok(new OverrideResult(OverrideDocument.Of(value), outcome.Matched, outcome.Shared));
    }

    private static ProblemHttpResult? RefuseLocal(IOverrides overrides, OverrideRequest request) =>
        overrides.IsShared switch
        {
            null => Problems.BadRequest("this node shares no store with others, so that every override is its own"),
            true => Problems.Conflict("The store is there",
                "the shared store takes overrides; without --local this one holds for all nodes"),
            false => request.Seconds > LongestLocal.TotalSeconds
                ? Problems.BadRequest("an override at one node alone stands for an hour at most") : null,
        };

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
