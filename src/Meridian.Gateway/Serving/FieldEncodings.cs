using System.Text;

namespace Meridian.Gateway.Serving;

/// <summary>
/// How Kestrel reads the values of request fields: as Latin-1, so that every octet is sent as it was received. Of
/// <c>Content-Length</c>, which Kestrel reads generously (<c>+1</c>), only digits stay what they are.
/// </summary>
internal static class FieldEncodings
{
    private static readonly Digits DigitsOnly = new();

    public static Encoding Of(string name) =>
        name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) ? DigitsOnly : Encoding.Latin1;

    private sealed class Digits : Encoding
    {
        public override int GetByteCount(char[] chars, int index, int count) => count;

        public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
            Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

        public override int GetCharCount(byte[] bytes, int index, int count) => count;

        public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
        {
            for (var i = 0; i < byteCount; i++)
            {
                var octet = bytes[byteIndex + i];
                chars[charIndex + i] = octet is >= (byte)'0' and <= (byte)'9' ? (char)octet : '?';
            }

            return byteCount;
        }

        public override int GetMaxByteCount(int charCount) => charCount;

        public override int GetMaxCharCount(int byteCount) => byteCount;
    }
}
