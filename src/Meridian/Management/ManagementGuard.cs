using System.Net;
using System.Security.Cryptography;
using System.Text;
using Meridian.Addresses;
using Meridian.Api.Access;
using Meridian.Kubernetes.Identity;
using Meridian.Model.Resources;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Meridian.Management;

/// <summary>
/// Guards the management API: it finds out who sends a request (by the node's own token, or by a service-account token
/// that an AccessPolicy trusts), refuses what they may not do, and logs every decision.
/// </summary>
internal sealed partial class ManagementGuard(ManagementParts parts, ManagementOptions options,
    TokenVerifier verifier, ILogger<ManagementGuard> log)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var (request, path) = (context.Request, context.Request.Path);

        if (context.Connection.LocalPort == options.Health?.Port && options.Health.Port != options.EndPoint.Port)
        {
            // The health port is for probes and Prometheus, which have no token: it serves nothing else.
            if (path == "/healthz" || path == "/readyz" || path == "/metrics")
                await next(context);
            else
                context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        // Load balancers have no token, and health reveals nothing.
        var open = path.StartsWithSegments("/healthz") || path.StartsWithSegments("/readyz");
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.Length == 0)
        {
            if (!open && !options.IsOpen)
            {
                await RefuseAsync(context, StatusCodes.Status401Unauthorized, "a bearer token is required");
                return;
            }

            if (options.IsOpen && !IsLocal(request.Host.Host))
            {
                // A hostile web page can point a name of its own at 127.0.0.1 (DNS rebinding).
                context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
                return;
            }

            if (IsOfAnotherSite(request))
            {
                // A browser sends a form of any page anywhere: it must make no enrolment code and drain no site.
                await RefuseAsync(context, StatusCodes.Status403Forbidden,
                    "a page of another site may change nothing here");
                return;
            }
        }
        else if (!open)
        {
            if (!authorization.StartsWith("Bearer ", StringComparison.Ordinal))
            {
                await RefuseAsync(context, StatusCodes.Status401Unauthorized, "a bearer token is required");
                return;
            }

            if (await CallerOfAsync(context, authorization["Bearer ".Length..].Trim()) is not { } caller)
                return;
            context.Features.Set(caller);
        }

        await next(context);
    }

    // Null after a refusal.
    private async Task<Caller?> CallerOfAsync(HttpContext context, string token)
    {
        if (options.Token?.Current is { } own
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(own)))
            return Caller.Local;
        var policies = parts.Resources().AccessPolicies;
        if (policies.Count == 0)
        {
            await RefuseAsync(context, StatusCodes.Status401Unauthorized,
                "the token is not the node's, and there is no AccessPolicy for others");
            return null;
        }

        var result = await verifier.VerifyAsync(token, policies.Values.Select(IssuerOf), parts.ClientOf,
            context.RequestAborted);
        if (result.Refusal is { } invalid)
        {
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, invalid);
            return null;
        }

        var callers = (from policy in policies.Values
                       from proof in result.Proofs
                       where proof.Issuer == IssuerOf(policy)
                           && AccessJudge.Names(policy, proof.Account.Namespace, proof.Account.Name)
                       select AccessJudge.CallerOf(policy, proof.Account.Namespace, proof.Account.Name)).ToArray();
        if (callers is not [var caller])
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, callers.Length == 0
                ? "no AccessPolicy " + string.Join(", nor one ",
                    result.Proofs.Select(p => $"of {p.Issuer} names {p.Account}"))
                : "the token is proved in several ways, so that nobody can say who it is: "
                    + string.Join(", ", callers.Select(c => c.Id).Order(StringComparer.Ordinal)));
            return null;
        }

        if (AccessJudge.Refuse(caller, context.Request.Method, context.Request.Path) is { } refusal)
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, refusal);
            return null;
        }

        Allowed(log, caller.Id, context.Request.Method, context.Request.Path);
        return caller;
    }

    private static TokenIssuer IssuerOf(AccessPolicy policy) =>
        new(policy.Issuer, policy.Audience, policy.JwksFile, policy.ReviewedBy);

    private async Task RefuseAsync(HttpContext context, int status, string reason)
    {
        Refused(log, context.Request.Method, context.Request.Path, context.Connection.RemoteIpAddress, reason);
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Bearer";
        await TypedResults.Problem(reason, statusCode: status,
            title: status == StatusCodes.Status401Unauthorized ? "Unauthorized" : "Forbidden").ExecuteAsync(context);
    }

    private static bool IsOfAnotherSite(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
        && request.Headers.Origin.ToString() is { Length: > 0 } origin
        && origin != $"{request.Scheme}://{request.Host}";

    private static bool IsLocal(string host) =>
        host == "localhost" || (IpText.TryParse(host.Trim('[', ']'), out var address)
            && IPAddress.IsLoopback(address));

    [LoggerMessage(LogLevel.Information, "access: {Caller} may {Method} {Path}")]
    private static partial void Allowed(ILogger log, string caller, string method, string path);

    [LoggerMessage(LogLevel.Warning, "access: {Method} {Path} from {Address} is refused: {Reason}")]
    private static partial void Refused(ILogger log, string method, string path, IPAddress? address, string reason);
}
