using Meridian.Api.Access;
using Meridian.Model.Records;
using Meridian.Model.Values;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Meridian.Api;

/// <summary>
/// The records of clients such as ExternalDNS: <c>/api/v1/records</c>. A client sees and changes its own alone.
/// </summary>
public static class RecordsApi
{
    /// <summary>Octets of changes in a request: about 60,000 records, which is what ExternalDNS can send.</summary>
    public const int MaxBody = 32 * 1024 * 1024;

    public static void MapRecordsApi(this IEndpointRouteBuilder routes, INode node)
    {
        var records = routes.MapGroup("/api/v1/records");
        records.MapGet("", (HttpContext context) => node.RecordsOf(CallerOf(context)))
            .WithSummary("The caller's records, as they were written");
        records.MapGet("/scope", (HttpContext context) => ScopeOf(node, CallerOf(context)))
            .WithSummary("Where the caller may write records");
        records.MapPost("", (HttpContext context, RecordChanges changes) =>
            ChangeAsync(node, CallerOf(context), changes))
            .WithSummary("Change records, all together or not at all");
    }

    /// <summary>Who asks, as the guard in front found.</summary>
    public static Caller CallerOf(HttpContext context) => context.Features.Get<Caller>() ?? Caller.Local;

    private static RecordScope ScopeOf(INode node, Caller caller)
    {
        var zones = caller.Records is { } grants
            ? grants.SelectMany(g => g.Zones) : node.Resources.Zones.Select(z => z.Origin);
        return new RecordScope([.. zones.Select(z => z.TrimEnd('.').ToLowerInvariant()).Distinct()
            .Order(StringComparer.Ordinal)], caller.Records);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ChangeAsync(INode node, Caller caller,
        RecordChanges changes)
    {
        foreach (var record in changes.All)
        {
            if (Fault(record) is { } fault)
                return TypedResults.Problem(fault, statusCode: StatusCodes.Status422UnprocessableEntity,
                    title: "Not a record");
            if (!caller.MayWrite(record.Key.Name, record.Key.Type))
                return TypedResults.Problem($"no AccessPolicy grants {caller.Id} to write {record.Key.Type} records of `{record.Key.Name}`",
                    statusCode: StatusCodes.Status403Forbidden, title: "Forbidden");
        }

        return await node.ChangeRecordsAsync(caller, changes) is { } refusal
            ? TypedResults.Problem(refusal, statusCode: StatusCodes.Status422UnprocessableEntity, title: "Not taken")
            : TypedResults.NoContent();
    }

    private static string? Fault(ClientRecord record) =>
        record.RecordType.Length is 0 or > 16 ? $"`{record.DnsName}`: there is no record type `{record.RecordType}`"
        : record.DnsName.Length is 0 or > 254
        || record.DnsName.Any(c => c is <= ' ' or > '~')
        ? $"`{record.DnsName}` is no name; names beyond ASCII are written as xn--…"
        : record.Targets.Length > 1000
        ? $"`{record.DnsName}` has {record.Targets.Length} targets, and 1000 are the most"
        : record.Targets.Any(t => t.Length > 65535) ? $"`{record.DnsName}` has a target longer than 65,535 characters"
        : RecordComposer.IsSteered(record.RecordType)
        && !HostName.TryNormalize(record.DnsName, out _, out var error, wildcard: true) ? $"`{record.DnsName}`: {error}"
        : null;
}
