using Meridian.Tunnel.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Meridian.Tunnel.Gateways;

/// <summary>The gateway's side of <c>meridian-agent check</c>: what a tunnel of this agent would be told.</summary>
internal sealed class AdmittanceEndpoint(ITunnelPolicy policy)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var agent = context.Features.GetRequiredFeature<ConnectionIdentity>().Agent!;
        if (policy.Find(agent) is not { } grant)
        {
            await PlainText.WriteAsync(context.Response, StatusCodes.Status403Forbidden,
                Admittance.UnknownAgentText(agent));
            return;
        }

        using var reader = new StreamReader(context.Request.Body);
        var services = await reader.ReadToEndAsync(context.RequestAborted);
        await PlainText.WriteAsync(context.Response, StatusCodes.Status200OK, string.Join('\n',
            services.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(s => !grant.Publishes(s))
                .Select(s => Admittance.UnpublishedText(agent, s))));
    }
}
