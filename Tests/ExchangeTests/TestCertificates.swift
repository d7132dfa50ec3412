import Exchange

/// A CA and a client certificate made for these tests alone; no gateway trusts them.
enum TestCertificates {
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBfDCCASGgAwIBAgIUG1hjm9s42Ks8zkcGfAekImdRQwowCgYIKoZIzj0EAwIw
        EjEQMA4GA1UEAwwHdGVzdCBDQTAgFw0yNjExMjMyMzI4NTdaGA8yMTI2MTAzMDIz
        Mjg1N1owEjEQMA4GA1UEAwwHdGVzdCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEH
        A0IABJ9ZaZJhSANdlMhWwpQawhq8kg3eBSQuPLAipz4Sh1IrAFDx6MVZuBYP1iaf
        ycb+AQHjkxwBJ6S3xi97oYI7z3GjUzBRMB0GA1UdDgQWBBS94LEk9LM8+/vcnXJY
        bMfJnqhy3jAfBgNVHSMEGDAWgBS94LEk9LM8+/vcnXJYbMfJnqhy3jAPBgNVHRMB
        Af8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQD5DzMd6svpDzFXOy8DKFEhZESO
        qsHO4xme5hG94X+BXAIhAJX0K9bVlNYdFef4yHB3Bsh9gYXFIzzc+iL5eY6J6iNZ
        -----END CERTIFICATE-----
        """
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBojCCAUigAwIBAgIUP8xX4xejfiXeuAJWEjlBwIibBvwwCgYIKoZIzj0EAwIw
        EjEQMA4GA1UEAwwHdGVzdCBDQTAgFw0yNjExMjMyMzI4NTdaGA8yMTI2MTAzMDIz
        Mjg1N1owETEPMA0GA1UEAwwGY2xpZW50MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
        QgAEg23ijiqYzoZ1qAEdtWTypIcgeefBdZ/ChZM6IF5fG+9Xvcrj18Tf3aD4oMwY
        xO7JiMcfuc3xbC8z0E9ULimxX6N7MHkwLAYDVR0RBCUwI4IJbG9jYWxob3N0hhZ1
        cm46eWl6aGFuOnByb3ZpbmNlOjQxMAkGA1UdEwQCMAAwHQYDVR0OBBYEFP3/CCZo
        zglYVt53TuMVv/G9Uh5MMB8GA1UdIwQYMBaAFL3gsST0szz7+9ydclhsx8meqHLe
        MAoGCCqGSM49BAMCA0gAMEUCIQDQmSCqYzO0PhPqNKp8wbEyaABkTiDL/Po7f5k6
        eVKTvwIgYRhsyyzqFJ4oBPC3/+athOwPnSTD4UsIh6/PSpNpL2E=
        -----END CERTIFICATE-----
        """
    static let privateKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgxfvAzKN4q05/W7cs
        3wUDl81GZw9g2rq8vPSMZT7Y1qGhRANCAASDbeKOKpjOhnWoAR21ZPKkhyB558F1
        n8KFkzogXl8b71e9yuPXxN/doPigzBjE7smIxx+5zfFsLzPQT1QuKbFf
        -----END PRIVATE KEY-----
        """

    static let credentials = TransportCredentials(
        authorities: authority.utf8Bytes, certificate: certificate.utf8Bytes, privateKey: privateKey.utf8Bytes)
}
