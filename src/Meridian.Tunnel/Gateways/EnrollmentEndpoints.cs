using System.Diagnostics;
using System.Security.Cryptography;
using Meridian.Tunnel.Connections;
using Meridian.Tunnel.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Meridian.Tunnel.Gateways;

/// <summary>
/// How agents get certificates: for a code, for a service-account token, or for an older certificate.
/// </summary>
internal sealed class EnrollmentEndpoints(CertificateAuthority authority, ITunnelPolicy policy, ArrivalLimits limits,
    Action<string, string> log)
{
    /// <summary>Gives the authority's certificate to anybody; who enrols knows its digest.</summary>
    public Task AuthorityAsync(HttpContext context) =>
        PlainText.WriteAsync(context.Response, StatusCodes.Status200OK, authority.Pem);

    /// <summary>The code in the first line, the certificate request behind it.</summary>
    public Task EnrollAsync(HttpContext context) => ProveAsync(context, "is enrolled",
        async proof => Admittance.OfCode(await policy.RedeemAsync(proof.Credential)));

    /// <summary>The token in the first line, the certificate request behind it.</summary>
    public Task RecognizeAsync(HttpContext context) => ProveAsync(context, "has shown its token and has a certificate",
        async proof => Admittance.OfToken(await policy.RecognizeAsync(proof.Credential, context.RequestAborted)));

    /// <summary>The certificate request alone: the certificate says who asks.</summary>
    public async Task RenewAsync(HttpContext context)
    {
        var agent = context.Features.GetRequiredFeature<ConnectionIdentity>().Renewing;
        var decision = Admittance.OfRenewal(agent, isWithinRate: agent is null || limits.AdmitAgent(agent),
            isKnown: agent is not null && policy.Find(agent) is not null);
        await AnswerAsync(context, decision, "has renewed its certificate", await BodyOf(context));
    }

    private async Task ProveAsync(HttpContext context, string what,
        Func<EnrollmentProof, Task<AdmittanceDecision>> decideAsync)
    {
        var isWithinRate = limits.AdmitProof(context.Connection.RemoteIpAddress);
        var proof = isWithinRate ? EnrollmentProof.Parse(await BodyOf(context)) : null;
        var decision = Admittance.OfProof(isWithinRate, proof) ?? await decideAsync(proof!);
        await AnswerAsync(context, decision, what, proof?.Request ?? "");
    }

    private Task AnswerAsync(HttpContext context, AdmittanceDecision decision, string what, string request)
    {
        if (decision.Agent is { } agent)
            return IssueAsync(context, agent, what, request);
        if (decision.Reason is AdmittanceReason.InvalidCode or AdmittanceReason.InvalidToken
            or AdmittanceReason.NotStored)
            log("", $"{context.Connection.RemoteIpAddress} gets no certificate: {decision.Text}");
        return PlainText.WriteAsync(context.Response, StatusOf(decision.Reason), decision.Text);
    }

    private async Task IssueAsync(HttpContext context, string agent, string what, string request)
    {
        try
        {
            var certificate = authority.IssueAgent(agent, request);
            log(agent, $"agent {agent} {what}");
            await PlainText.WriteAsync(context.Response, StatusCodes.Status200OK, certificate);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            await PlainText.WriteAsync(context.Response, StatusCodes.Status400BadRequest,
                $"the certificate request is refused: {e.Message}");
        }
    }

    private static int StatusOf(AdmittanceReason reason) => reason switch
    {
        AdmittanceReason.MalformedRequest => StatusCodes.Status400BadRequest,
        AdmittanceReason.NoCertificate or AdmittanceReason.UnknownAgent => StatusCodes.Status401Unauthorized,
        AdmittanceReason.InvalidCode or AdmittanceReason.InvalidToken => StatusCodes.Status403Forbidden,
        AdmittanceReason.TooOften => StatusCodes.Status429TooManyRequests,
        AdmittanceReason.NotStored => StatusCodes.Status503ServiceUnavailable,
        _ => throw new UnreachableException($"{reason} does not refuse a certificate"),
    };

    private static async Task<string> BodyOf(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        return await reader.ReadToEndAsync(context.RequestAborted);
    }
}
