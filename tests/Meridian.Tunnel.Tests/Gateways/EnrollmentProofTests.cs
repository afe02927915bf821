using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.Tunnel.Gateways;
using Meridian.Tunnel.Tests.Support;

namespace Meridian.Tunnel.Tests.Gateways;

public sealed class EnrollmentProofTests
{
    [Fact]
    public void A_credential_and_a_request_are_taken_apart_at_the_first_line_break()
    {
        var request = TestRequest.Make("CN=x");
        Assert.Equal(new EnrollmentProof("secret", request), EnrollmentProof.Parse($" secret\r\n{request}"));
        Assert.Equal(new EnrollmentProof("", request), EnrollmentProof.Parse($"\n{request}"));
    }

    [Fact]
    public void What_is_not_both_is_none()
    {
        Assert.Null(EnrollmentProof.Parse(""));
        Assert.Null(EnrollmentProof.Parse("secret"));
        Assert.Null(EnrollmentProof.Parse("secret\n"));
        Assert.Null(EnrollmentProof.Parse("secret\nnonsense"));
    }

    [Fact]
    public void A_request_with_another_kind_of_key_is_none()
    {
        using var rsa = RSA.Create(2048);
        var request = new CertificateRequest("CN=x", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        Assert.Null(EnrollmentProof.Parse($"secret\n{request.CreateSigningRequestPem()}"));
    }
}
