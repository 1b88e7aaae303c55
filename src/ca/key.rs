//! Private keys: new ones, and which public key belongs to one that is there.
//!
//! ring makes no RSA keys, and reads no key of less than 2048 bits and none on P-224 or P-521, so that
//! the RustCrypto crates make and read keys; they wipe them. ring signs, in constant time, with a copy
//! that it does not wipe: it is dropped as soon as the certificate is there.

use super::{CaError, KeyType};
use p256::elliptic_curve::pkcs8::AssociatedOid;
use p256::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use p256::elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytesSize, SecretKey};
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding, SecretDocument};
use rcgen::{PublicKeyData, SignatureAlgorithm, SigningKey};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{self, EcdsaKeyPair, KeyPair, RsaKeyPair};
use rsa::Generate;
use rsa::pkcs1::{DecodeRsaPrivateKey, EncodeRsaPublicKey};
use rsa::rand_core::{TryCryptoRng, TryRng};
use zeroize::Zeroizing;

/// The size of an RSA key, which is what Consul makes by default.
const RSA_BITS: usize = 2048;

/// A private key that has just been made, and signs.
pub(super) struct NewKey {
    pem: Zeroizing<String>,
    signer: Signer,
}

enum Signer {
    Ec(Box<EcdsaKeyPair>),
    Rsa(Box<RsaKeyPair>),
}

impl NewKey {
    pub(super) fn generate(key_type: KeyType) -> Result<Self, CaError> {
        let failed = || CaError::Failed("private key");
        let document: SecretDocument = match key_type {
            KeyType::Ec => p256::SecretKey::try_generate_from_rng(&mut Random)?.to_pkcs8_der(),
            KeyType::Rsa => {
                let key = rsa::PrivateKey::new(&mut Random, RSA_BITS);
                key.map_err(|_| failed())?.to_pkcs8_der()
            }
        }
        .map_err(|_| failed())?;
        let der = document.as_bytes();
        let signer = match key_type {
            KeyType::Ec => {
                let algorithm = &signature::ECDSA_P256_SHA256_ASN1_SIGNING;
                let key = EcdsaKeyPair::from_pkcs8(algorithm, der, &SystemRandom::new());
                key.map(|key| Signer::Ec(Box::new(key)))
            }
            KeyType::Rsa => RsaKeyPair::from_pkcs8(der).map(|key| Signer::Rsa(Box::new(key))),
        };
        let pem = document.to_pem("PRIVATE KEY", LineEnding::LF);
        Ok(Self {
            pem: pem.map_err(|_| failed())?,
            signer: signer.map_err(|_| failed())?,
        })
    }

    /// PKCS #8 in PEM.
    pub(super) fn into_pem(self) -> Zeroizing<String> {
        self.pem
    }
}

impl PublicKeyData for NewKey {
    fn der_bytes(&self) -> &[u8] {
        match &self.signer {
            Signer::Ec(key) => key.public_key().as_ref(),
            Signer::Rsa(key) => key.public_key().as_ref(),
        }
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        match &self.signer {
            Signer::Ec(_) => &rcgen::PKCS_ECDSA_P256_SHA256,
            Signer::Rsa(_) => &rcgen::PKCS_RSA_SHA256,
        }
    }
}

impl SigningKey for NewKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let random = SystemRandom::new();
        let failed = |_| rcgen::Error::RingUnspecified;
        match &self.signer {
            Signer::Ec(key) => {
                let signed = key.sign(&random, message).map_err(failed)?;
                Ok(signed.as_ref().to_vec())
            }
            Signer::Rsa(key) => {
                let mut signed = vec![0; key.public().modulus_len()];
                key.sign(&signature::RSA_PKCS1_SHA256, &random, message, &mut signed)
                    .map_err(failed)?;
                Ok(signed)
            }
        }
    }
}

/// ring's system randomness for the RustCrypto crates.
struct Random;

impl TryRng for Random {
    type Error = CaError;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = Zeroizing::new([0; 4]);
        self.try_fill_bytes(&mut *bytes)?;
        Ok(u32::from_ne_bytes(*bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = Zeroizing::new([0; 8]);
        self.try_fill_bytes(&mut *bytes)?;
        Ok(u64::from_ne_bytes(*bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        SystemRandom::new().fill(bytes).map_err(|_| CaError::Random)
    }
}

impl TryCryptoRng for Random {}

/// The public key that belongs to a private key in DER, in the form that a certificate has it in;
/// `None` where that is no key of the kinds that Consul takes, or a damaged one.
///
/// The label is that of its PEM block, by which Consul goes.
pub(super) fn public_key(label: &[u8], der: &[u8]) -> Option<Vec<u8>> {
    // A modulus of 8,192 bits, the largest that the rsa crate takes, is well below that.
    const LONGEST: usize = 16 << 10;
    if der.len() > LONGEST {
        return None;
    }
    let rsa = match label {
        b"PRIVATE KEY" => rsa::PrivateKey::from_pkcs8_der(der).ok(),
        b"RSA PRIVATE KEY" => rsa::PrivateKey::from_pkcs1_der(der).ok(),
        _ => None,
    };
    rsa.and_then(|key| Some(key.as_public_key().to_pkcs1_der().ok()?.into_vec()))
        .or_else(|| on_curve::<p256::NistP256>(label, der))
        .or_else(|| on_curve::<p384::NistP384>(label, der))
        .or_else(|| on_curve::<p521::NistP521>(label, der))
        .or_else(|| on_curve::<p224::NistP224>(label, der))
}

fn on_curve<C>(label: &[u8], der: &[u8]) -> Option<Vec<u8>>
where
    C: AssociatedOid + CurveArithmetic,
    SecretKey<C>: DecodePrivateKey,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let key = match label {
        b"PRIVATE KEY" => SecretKey::<C>::from_pkcs8_der(der).ok(),
        b"EC PRIVATE KEY" => SecretKey::<C>::from_sec1_der(der).ok(),
        _ => None,
    };
    let point = key?.public_key().to_sec1_point(false);
    Some(point.as_bytes().to_vec())
}
